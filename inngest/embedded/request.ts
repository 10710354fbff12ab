import { eq } from 'drizzle-orm';
import { runnerRuns, runnerSteps } from '@/db/schema/runner';
import { type Answer, requestStep } from './app-client';
import type { ClaimedStep } from './claim';
import type { RunnerContext } from './runner-context';
import { causeOf, DISCOVERY } from './runs';

/** An answer, and how many steps of the run were settled when it was asked for. */
export interface Reply {
  answer: Answer;
  settledSteps: number;
}

/** Requests a claimed step from the app, with all that its run knows so far. */
export async function request(ctx: RunnerContext, step: ClaimedStep): Promise<Reply> {
  const [run] = await ctx.db.select().from(runnerRuns).where(eq(runnerRuns.id, step.runId));
  if (!run) throw new Error(`the run ${step.runId} is gone`);
  const event = await causeOf(ctx.db, run);
  const steps = await ctx.db
    .select()
    .from(runnerSteps)
    .where(eq(runnerSteps.runId, run.id))
    .orderBy(runnerSteps.position);

  const settled = steps.filter((one) => one.state === 'done' || one.state === 'failed');
  const pending = steps.some(
    (one) => one.stepId !== DISCOVERY && (one.state === 'ready' || one.state === 'waiting'),
  );
  const body = {
    version: 2,
    event,
    events: [event],
    steps: Object.fromEntries(
      settled.map((one) => [
        one.stepId,
        one.state === 'done' ? { type: 'data', data: one.data } : { type: 'error', error: one.error },
      ]),
    ),
    // Without fn_id the SDK answers step by step instead of reporting to an API that this runner does not have.
    ctx: {
      run_id: run.id,
      attempt: step.attempt,
      max_attempts: maxAttempts(ctx, step.functionId),
      // With other steps on their way the app may only say what it found, or it would run those a second time.
      disable_immediate_execution: pending,
      use_api: false,
      stack: { stack: settled.map((one) => one.stepId), current: settled.length },
    },
  };
  const answer = await requestStep(ctx.app, step, body, ctx.settings.requestTimeoutMs);
  return { answer, settledSteps: settled.length };
}

export const maxAttempts = (ctx: RunnerContext, functionId: string) =>
  ctx.functions.get(functionId)?.maxAttempts ?? 1;
