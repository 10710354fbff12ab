import { and, eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { runnerSteps } from '@/db/schema/runner';
import { newId } from '@/lib/platform/ids';
import type { Answer, Operation } from './app-client';
import type { ClaimedStep } from './claim';
import { parseRetryAfter, parseWait } from './durations';
import { finishRun, storeEvent } from './events';
import { compileCondition } from './expression';
import { maxAttempts } from './request';
import type { RunnerContext } from './runner-context';
import { toRunnerError } from './runner-error';
import { beginRun, type Run, settleStep } from './runs';

type Operations = Extract<Answer, { kind: 'operations' }>;

interface Applying {
  ctx: RunnerContext;
  tx: Transaction;
  run: Run;
  /** The step that was requested. */
  requested: ClaimedStep;
  answer: Operations;
}

/** Applies what the app reported, in order. The caller holds the run's lock. Says whether the run has ended by it. */
export async function applyOperations(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  requested: ClaimedStep,
  answer: Operations,
): Promise<'goes on' | 'ended'> {
  const applying = { ctx, tx, run, requested, answer };
  for (const operation of answer.operations) {
    if ((await apply(applying, operation)) === 'ended') return 'ended';
  }
  return 'goes on';
}

async function apply(applying: Applying, operation: Operation): Promise<'goes on' | 'ended'> {
  const { ctx, tx, run } = applying;
  switch (operation.op) {
    case 'StepRun':
      await settleFound(applying, operation, { data: operation.data ?? null });
      return 'goes on';
    case 'StepFailed':
      await settleFound(applying, operation, { error: toRunnerError(operation.error) });
      return 'goes on';
    case 'StepError':
      await retryStep(applying, operation);
      return 'goes on';
    case 'StepPlanned':
      await addStep(applying, operation, { state: 'ready', dueAt: ctx.clock.now() });
      return 'goes on';
    case 'Sleep':
      await addStep(applying, operation, {
        state: 'waiting',
        dueAt: parseWait(operation.name ?? '', ctx.clock.now()),
      });
      return 'goes on';
    case 'WaitForEvent':
      await waitForEvent(applying, operation);
      return 'goes on';
    case 'InvokeFunction':
      await invoke(applying, operation);
      return 'goes on';
    case 'RunComplete':
      await finishRun(ctx, tx, run, { state: 'completed', output: operation.data });
      return 'ended';
    default: {
      const message = `the function asks for ${operation.op}, which the embedded runner cannot do`;
      await finishRun(ctx, tx, run, { state: 'failed', error: { name: 'Unsupported', message } });
      return 'ended';
    }
  }
}

interface NewStep {
  state: 'ready' | 'waiting';
  dueAt: Date | null;
  attempt?: number;
  waitsFor?: { event: string; if?: string };
}

/** Adds a step unless the run has it: while others are on their way, each discovery finds them again. */
async function addStep({ tx, run }: Applying, operation: Operation, step: NewStep): Promise<boolean> {
  const added = await tx
    .insert(runnerSteps)
    .values({
      runId: run.id,
      stepId: operation.id,
      functionId: run.functionId,
      name: operation.displayName ?? operation.name ?? null,
      op: operation.op,
      ...step,
    })
    .onConflictDoNothing()
    .returning({ stepId: runnerSteps.stepId });
  return added.length > 0;
}

async function settleFound(
  applying: Applying,
  operation: Operation,
  result: Parameters<typeof settleStep>[4],
): Promise<void> {
  await addStep(applying, operation, { state: 'ready', dueAt: null });
  await settleStep(applying.ctx, applying.tx, applying.run, operation.id, result);
}

/** A step that failed and may be tried again: alone, by its id, whichever request it ran in. */
async function retryStep(applying: Applying, operation: Operation): Promise<void> {
  const { ctx, tx, run, requested, answer } = applying;
  const attempt = requested.attempt + 1;
  if (!answer.retry || attempt >= maxAttempts(ctx, run.functionId)) {
    await settleFound(applying, operation, { error: toRunnerError(operation.error) });
    return;
  }
  const now = ctx.clock.now();
  const backoff = new Date(now.getTime() + ctx.settings.backoffMs(requested.attempt));
  const dueAt = parseRetryAfter(answer.retryAfter, now) ?? backoff;
  if (await addStep(applying, operation, { state: 'ready', dueAt, attempt })) return;
  await tx
    .update(runnerSteps)
    .set({ dueAt, attempt, losses: 0, leaseToken: null, leaseUntil: null })
    .where(
      and(
        eq(runnerSteps.runId, run.id),
        eq(runnerSteps.stepId, operation.id),
        eq(runnerSteps.state, 'ready'),
      ),
    );
}

async function waitForEvent(applying: Applying, operation: Operation): Promise<void> {
  const { ctx } = applying;
  const opts = operation.opts ?? {};
  const condition = typeof opts.if === 'string' ? opts.if : undefined;
  try {
    if (condition) compileCondition(condition);
  } catch (error) {
    await settleFound(applying, operation, { error: toRunnerError(error) });
    return;
  }
  await addStep(applying, operation, {
    state: 'waiting',
    dueAt: parseWait(String(opts.timeout ?? ''), ctx.clock.now()),
    waitsFor: { event: operation.name ?? '', ...(condition ? { if: condition } : {}) },
  });
}

async function invoke(applying: Applying, operation: Operation): Promise<void> {
  const { ctx, tx, run } = applying;
  const opts = operation.opts ?? {};
  const fn = ctx.functions.get(String(opts.function_id));
  if (!fn) {
    const message = `there is no function ${String(opts.function_id)} to invoke`;
    await settleFound(applying, operation, { error: { name: 'NotFound', message } });
    return;
  }
  const dueAt = typeof opts.timeout === 'string' ? parseWait(opts.timeout, ctx.clock.now()) : null;
  if (!(await addStep(applying, operation, { state: 'waiting', dueAt }))) return;
  const payload = (opts.payload ?? {}) as { data?: Record<string, unknown> };
  const event = {
    id: newId(),
    name: 'inngest/function.invoked',
    data: payload.data ?? {},
    ts: ctx.clock.now().getTime(),
  };
  await storeEvent(ctx, tx, event);
  const child = await beginRun(ctx, tx, fn, event, { runId: run.id, stepId: operation.id });
  if (child) return;
  const message = `${fn.id} has a run with this idempotency key already`;
  await settleStep(ctx, tx, run, operation.id, { error: { name: 'Conflict', message } });
}
