import { type GetStepTools, NonRetriableError } from 'inngest';
import { finishCleanup } from '@/lib/deletion/finish-cleanup';
import { runCleanupBatch } from '@/lib/deletion/run-cleanup-batch';
import type { Context } from '@/lib/people/context';
import type { inngest } from './client';
import { attempt } from './job-event';

/** A step deletes batches for about so long: short enough to be lost, long enough not to need a step for each. */
const STEP_MS = 20_000;
/** Inngest allows 1,000 steps a run. At 20 seconds each these are five hours; what is left waits for the next run. */
const MAX_STEPS = 900;

/** The steps that take a cleanup which has begun to its end. `context` is asked anew in each step. */
export async function workThroughCleanup(
  step: GetStepTools<typeof inngest>,
  context: () => Context,
  jobRunId: string,
): Promise<void> {
  for (let number = 1; ; number += 1) {
    if (number > MAX_STEPS) {
      throw new NonRetriableError(
        `it was not done after ${MAX_STEPS} steps; what is left goes with the next run`,
      );
    }
    const done = await step.run(`batch-${number}`, () => attempt(() => deleteForAWhile(context(), jobRunId)));
    if (done) break;
  }
  await step.run('finish', () => attempt(async () => void (await finishCleanup(context(), { jobRunId }))));
}

/** True when nothing is left to do. */
async function deleteForAWhile(ctx: Context, jobRunId: string): Promise<boolean> {
  const end = ctx.clock.now().getTime() + STEP_MS;
  do {
    const { done } = await runCleanupBatch(ctx, { jobRunId });
    if (done) return true;
  } while (ctx.clock.now().getTime() < end);
  return false;
}
