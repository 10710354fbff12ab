import { cron } from 'inngest';
import { JOBS } from '@/lib/jobs/catalogue';
import { runWeeklyMail } from '@/lib/notices/run-weekly-mail';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { noticesRequested } from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'weekly-retention-notifications-and-consent-log';

/**
 * Tells hosts what will go within 14 days and was not announced yet (E16); without this nothing goes (L2). Then tells
 * admins and auditors which consents were given and withdrawn since the last time.
 */
export const weeklyRetentionNotificationsAndConsentLog = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), noticesRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('open', () => attempt(() => jobRunOf(systemContext(JOB), JOB, event)));
    await step.run('send', () => attempt(() => runWeeklyMail(systemContext(JOB), { jobRunId })));
    return { jobRunId };
  },
);
