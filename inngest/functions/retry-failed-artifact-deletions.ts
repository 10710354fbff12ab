import { cron } from 'inngest';
import { beginRetries, retryKey } from '@/lib/deletion/begin-scheduled-cleanup';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { attempt, beginningOf, endAsFailed } from '../job-event';
import { workThroughCleanup } from '../work-through-cleanup';

/** Its runs are cleanups: they stand with the others and say what they did in the same words. */
const JOB = 'cleanup-expired-submission-artifacts';

/**
 * Every hour: tries what a deletion failed for before again, alone, once its backoff is over and if it may still go (E10).
 * Without any there is no run.
 */
export const retryFailedArtifactDeletions = inngest.createFunction(
  {
    id: 'retry-failed-artifact-deletions',
    name: 'Try failed deletions again',
    triggers: [cron('TZ=UTC 20 * * * *')],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB, retryKey),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('begin', () =>
      attempt(async () => {
        const beginning = beginningOf(event);
        if (!('tick' in beginning)) throw new Error('retries begin by their schedule only');
        return (await beginRetries(systemContext(JOB), beginning)).jobRunId;
      }),
    );
    if (jobRunId !== null) await workThroughCleanup(step, () => systemContext(JOB), jobRunId);
    return { jobRunId };
  },
);
