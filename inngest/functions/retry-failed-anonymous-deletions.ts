import { cron } from 'inngest';
import { beginAnonymousRetries } from '@/lib/anonymous/begin-anonymous-cleanup';
import { retryKey } from '@/lib/deletion/begin-scheduled-cleanup';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { attempt, beginningOf, endAsFailed } from '../job-event';
import { workThroughCleanup } from '../work-through-cleanup';

/** Its runs are cleanups of anonymous data: they stand with the others and say what they did in the same words. */
const JOB = 'cleanup-anonymous-data';

/**
 * Every hour: tries transcripts of which a file could not be deleted again, once its backoff is over and if they may still go
 * (R4), and settles what an interrupted run left. Without any there is no run.
 */
export const retryFailedAnonymousDeletions = inngest.createFunction(
  {
    id: 'retry-failed-anonymous-deletions',
    name: 'Try failed deletions of anonymous data again',
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
        return (await beginAnonymousRetries(systemContext(JOB), beginning)).jobRunId;
      }),
    );
    if (jobRunId !== null) await workThroughCleanup(step, () => systemContext(JOB), jobRunId);
    return { jobRunId };
  },
);
