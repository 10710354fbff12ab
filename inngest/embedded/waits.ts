import { and, eq, lte } from 'drizzle-orm';
import { type RunnerError, runnerSteps } from '@/db/schema/runner';
import type { RunnerContext } from './runner-context';
import { lockRun, settleStep } from './runs';

const AT_ONCE = 100;

/** Settles what has waited long enough: a sleep is over, an event or an invoked run did not come in time. */
export async function settleWaits(ctx: RunnerContext): Promise<void> {
  const over = await ctx.db
    .select({ runId: runnerSteps.runId, stepId: runnerSteps.stepId, op: runnerSteps.op })
    .from(runnerSteps)
    .where(and(eq(runnerSteps.state, 'waiting'), lte(runnerSteps.dueAt, ctx.clock.now())))
    .orderBy(runnerSteps.dueAt)
    .limit(AT_ONCE);
  for (const { runId, stepId, op } of over) {
    await ctx.db.transaction(async (tx) => {
      const run = await lockRun(tx, runId);
      if (run) await settleStep(ctx, tx, run, stepId, resultOf(op));
    });
  }
}

/** What the SDK expects at the end of a wait: nothing, or for an invocation that it failed. */
function resultOf(op: string): { data: null } | { error: RunnerError } {
  if (op !== 'InvokeFunction') return { data: null };
  return { error: { name: 'InvokeTimeout', message: 'the invoked function did not finish in time' } };
}
