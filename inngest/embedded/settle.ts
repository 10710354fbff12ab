import { and, eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { runnerSteps } from '@/db/schema/runner';
import type { Answer } from './app-client';
import type { ClaimedStep } from './claim';
import { parseRetryAfter } from './durations';
import { finishRun } from './events';
import { applyOperations } from './operations';
import { maxAttempts, type Reply } from './request';
import type { RunnerContext } from './runner-context';
import { toRunnerError } from './runner-error';
import { DISCOVERY, lockRun, type Run } from './runs';

/** After a request that nobody took: the app is starting or down, and the run loses nothing by waiting. */
const UNREACHABLE_WAIT_MS = 2000;

/** Writes down what became of a request, whole or not at all. A reply to a lease that was lost is ignored. */
export async function settle(ctx: RunnerContext, step: ClaimedStep, reply: Reply): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const run = await lockRun(tx, step.runId);
    if (!run || !(await isOurs(tx, step))) return;
    await settleAnswer(ctx, tx, run, step, reply);
  });
}

async function isOurs(tx: Transaction, step: ClaimedStep): Promise<boolean> {
  const [row] = await tx
    .select({ leaseToken: runnerSteps.leaseToken })
    .from(runnerSteps)
    .where(thisStep(step))
    .for('update');
  return row?.leaseToken === step.leaseToken;
}

async function settleAnswer(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  step: ClaimedStep,
  { answer, settledSteps }: Reply,
): Promise<void> {
  switch (answer.kind) {
    case 'finished':
      return finishRun(ctx, tx, run, { state: 'completed', output: answer.data });
    case 'operations': {
      const outcome = await applyOperations(ctx, tx, run, step, answer);
      if (outcome === 'ended') return;
      return step.stepId === DISCOVERY ? rest(ctx, tx, run, step, settledSteps) : undefined;
    }
    case 'error':
      return retryOrFail(ctx, tx, run, step, answer);
    case 'unreachable':
      return again(tx, step, { dueAt: later(ctx, UNREACHABLE_WAIT_MS) });
    case 'lost':
      return countLoss(ctx, tx, run, step, answer.reason);
  }
}

/** Puts the discovery to rest until a step settles; at once due again when one did while it was out. */
async function rest(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  step: ClaimedStep,
  settledSteps: number,
): Promise<void> {
  const due = run.settledSteps > settledSteps;
  if (!due && !(await isAnythingPending(tx, run))) {
    const message =
      'the app asked for nothing new, and nothing is on its way: the function is not deterministic';
    await finishRun(ctx, tx, run, { state: 'failed', error: { name: 'Stuck', message } });
    return;
  }
  await tx
    .update(runnerSteps)
    .set({
      state: due ? 'ready' : 'idle',
      dueAt: due ? ctx.clock.now() : null,
      attempt: 0,
      losses: 0,
      leaseToken: null,
      leaseUntil: null,
    })
    .where(thisStep(step));
}

async function isAnythingPending(tx: Transaction, run: Run): Promise<boolean> {
  const steps = await tx
    .select({ stepId: runnerSteps.stepId, state: runnerSteps.state })
    .from(runnerSteps)
    .where(eq(runnerSteps.runId, run.id));
  return steps.some((one) => one.stepId !== DISCOVERY && (one.state === 'ready' || one.state === 'waiting'));
}

async function retryOrFail(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  step: ClaimedStep,
  answer: Extract<Answer, { kind: 'error' }>,
): Promise<void> {
  const attempt = step.attempt + 1;
  if (!answer.retry || attempt >= maxAttempts(ctx, step.functionId)) {
    await finishRun(ctx, tx, run, { state: 'failed', error: toRunnerError(answer.error) });
    return;
  }
  const dueAt =
    parseRetryAfter(answer.retryAfter, ctx.clock.now()) ?? later(ctx, ctx.settings.backoffMs(step.attempt));
  await again(tx, step, { dueAt, attempt, losses: 0 });
}

async function countLoss(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  step: ClaimedStep,
  reason: string,
): Promise<void> {
  const losses = step.losses + 1;
  ctx.log.warn(
    { run: run.id, function: run.functionId, step: step.name, losses, reason },
    'no answer to a step',
  );
  if (losses >= ctx.settings.maxLosses) {
    const message = `${losses} requests in a row got no answer; the last one: ${reason}`;
    await finishRun(ctx, tx, run, { state: 'failed', error: { name: 'NoAnswer', message } });
    return;
  }
  await again(tx, step, { dueAt: later(ctx, ctx.settings.backoffMs(losses - 1)), losses });
}

/** Gives the lease back and has the step requested again. */
async function again(
  tx: Transaction,
  step: ClaimedStep,
  next: { dueAt: Date; attempt?: number; losses?: number },
): Promise<void> {
  await tx
    .update(runnerSteps)
    .set({ ...next, leaseToken: null, leaseUntil: null })
    .where(thisStep(step));
}

const thisStep = (step: ClaimedStep) =>
  and(eq(runnerSteps.runId, step.runId), eq(runnerSteps.stepId, step.stepId));

const later = (ctx: RunnerContext, ms: number) => new Date(ctx.clock.now().getTime() + ms);
