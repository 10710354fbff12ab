import { cron } from 'inngest';
import { JOBS } from '@/lib/jobs/catalogue';
import { recomputeAllDates } from '@/lib/retention/recompute-all-dates';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { retentionDatesRequested } from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'update-submission-retention-dates';

/** Brings every stored date in line with the rule, set by set (E17). */
export const updateSubmissionRetentionDates = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), retentionDatesRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('open', () => attempt(() => jobRunOf(systemContext(JOB), JOB, event)));
    await step.run('recompute', () =>
      attempt(async () => void (await recomputeAllDates(systemContext(JOB), { jobRunId }))),
    );
    return { jobRunId };
  },
);
