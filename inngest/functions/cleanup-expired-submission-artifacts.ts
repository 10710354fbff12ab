import { cron, NonRetriableError } from 'inngest';
import { beginCleanup } from '@/lib/deletion/begin-cleanup';
import { beginScheduledCleanup } from '@/lib/deletion/begin-scheduled-cleanup';
import { finishCleanup } from '@/lib/deletion/finish-cleanup';
import { runCleanupBatch } from '@/lib/deletion/run-cleanup-batch';
import { JOBS } from '@/lib/jobs/catalogue';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { cleanupRequested } from '../events';
import { attempt, beginningOf, cronOf, endAsFailed } from '../job-event';

const JOB = 'cleanup-expired-submission-artifacts';

/** A step deletes batches for about so long: short enough to be lost, long enough not to need a step for each. */
const STEP_MS = 20_000;
/** Inngest allows 1,000 steps a run. At 20 seconds each these are five hours; what is left waits for the next run. */
const MAX_STEPS = 900;

/** Deletes what is due: by its schedule what the planner names then (E15), by hand exactly what was approved (L6). */
export const cleanupExpiredSubmissionArtifacts = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), cleanupRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('begin', () =>
      attempt(async () => {
        const beginning = beginningOf(event);
        if ('tick' in beginning) return (await beginScheduledCleanup(systemContext(JOB), beginning)).jobRunId;
        await beginCleanup(systemContext(JOB), beginning);
        return beginning.jobRunId;
      }),
    );

    for (let number = 1; ; number += 1) {
      if (number > MAX_STEPS) {
        throw new NonRetriableError(
          `it was not done after ${MAX_STEPS} steps; what is left goes with the next run`,
        );
      }
      const done = await step.run(`batch-${number}`, () => attempt(() => deleteForAWhile(jobRunId)));
      if (done) break;
    }

    await step.run('finish', () =>
      attempt(async () => void (await finishCleanup(systemContext(JOB), { jobRunId }))),
    );
    return { jobRunId };
  },
);

/** True when nothing is left to do. */
async function deleteForAWhile(jobRunId: string): Promise<boolean> {
  const ctx = systemContext(JOB);
  const end = ctx.clock.now().getTime() + STEP_MS;
  do {
    const { done } = await runCleanupBatch(ctx, { jobRunId });
    if (done) return true;
  } while (ctx.clock.now().getTime() < end);
  return false;
}
