import { setTimeout as sleep } from 'node:timers/promises';
import { cron, NonRetriableError } from 'inngest';
import { JOBS } from '@/lib/jobs/catalogue';
import { reconcileArtifacts } from '@/lib/reconciliation/reconcile-artifacts';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { reconciliationRequested } from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'reconcile-artifacts';

/** A step waits so long at the most, well below the time in which a request must be answered. */
const STEP_MS = 120_000;
/** Ten hours; no store that a listing gets through takes longer. */
const MAX_STEPS = 300;

/** Compares rows with stored objects, both ways, as a report (B6). */
export const reconcileArtifactsFunction = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), reconciliationRequested],
    concurrency: 1,
    retries: 2,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('open', () => attempt(() => jobRunOf(systemContext(JOB), JOB, event)));
    for (let number = 1; ; number += 1) {
      if (number > MAX_STEPS) throw new NonRetriableError('the comparison was not done after ten hours');
      const done = await step.run(`compare-${number}`, () => attempt(() => compareForAWhile(jobRunId)));
      if (done) return { jobRunId };
    }
  },
);

/** The comparisons that this process works on, by their runs. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * True once the comparison has ended. A listing cannot be taken up in its middle, so a long one goes on between two steps;
 * when its process is gone with it, the next step finds none and begins anew.
 */
async function compareForAWhile(jobRunId: string): Promise<boolean> {
  const working = underWay.get(jobRunId) ?? reconcileArtifacts(systemContext(JOB), { jobRunId });
  underWay.set(jobRunId, working);
  // Between two steps nobody waits for it; the next one gets the failure.
  working.catch(() => {});
  try {
    const done = await Promise.race([working.then(() => true), sleep(STEP_MS, false, { ref: false })]);
    if (done) underWay.delete(jobRunId);
    return done;
  } catch (error) {
    underWay.delete(jobRunId);
    throw error;
  }
}
