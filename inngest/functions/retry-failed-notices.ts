import { cron } from 'inngest';
import { beginNoticeRetries, retryKey, retryNotices } from '@/lib/notices/retry-notices';
import { sendConsentSummary } from '@/lib/notices/send-consent-summary';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { attempt, beginningOf, endAsFailed } from '../job-event';

/** Its runs do what the weekly mail left undone: they stand with that one's. */
const JOB = 'weekly-retention-notifications-and-consent-log';

/**
 * Every hour: mails again what nobody or not everybody took, once its pause is over, notices first and then the summary of
 * consent (E16). Without any notice to try again there is no run; a summary keeps its own story.
 */
export const retryFailedNotices = inngest.createFunction(
  {
    id: 'retry-failed-notices',
    name: 'Send failed notices again',
    triggers: [cron('TZ=UTC 50 * * * *')],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB, retryKey),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('begin', () =>
      attempt(async () => {
        const beginning = beginningOf(event);
        if (!('tick' in beginning)) throw new Error('retries begin by their schedule only');
        return (await beginNoticeRetries(systemContext(JOB), beginning)).jobRunId;
      }),
    );
    if (jobRunId !== null) {
      await step.run('notices', () =>
        attempt(async () => void (await retryNotices(systemContext(JOB), { jobRunId }))),
      );
    }
    const { state: summary } = await step.run('summary', () =>
      attempt(() => sendConsentSummary(systemContext(JOB), { retryOnly: true })),
    );
    return { jobRunId, summary };
  },
);
