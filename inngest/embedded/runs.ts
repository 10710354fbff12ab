import { and, eq, gt, inArray, notInArray } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import {
  type RunnerError,
  type RunnerEventPayload,
  runnerEvents,
  runnerFunctions,
  runnerRuns,
  runnerSteps,
} from '@/db/schema/runner';
import { DAY_MS } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import type { FunctionConfig } from './function-config';
import type { RunnerContext } from './runner-context';

export type Run = typeof runnerRuns.$inferSelect;

/** The id that Inngest gives to the request for what is next. */
export const DISCOVERY = 'step';

/** Inngest remembers idempotency keys for a day. */
const IDEMPOTENCY_MS = DAY_MS;

/** Begins a run of `fn` for an event that is stored already; null when this event or its key has one. */
export async function beginRun(
  ctx: RunnerContext,
  tx: Transaction,
  fn: FunctionConfig,
  event: RunnerEventPayload,
  parent?: { runId: string; stepId: string },
): Promise<string | null> {
  const now = ctx.clock.now();
  const key = fn.idempotencyKey?.(event);
  const idempotencyKey = key === undefined || key === null ? null : String(key);
  if (idempotencyKey !== null && (await isKeyTaken(tx, fn.id, idempotencyKey, now))) return null;

  const [run] = await tx
    .insert(runnerRuns)
    .values({
      id: newId(),
      functionId: fn.id,
      eventId: event.id,
      state: 'running',
      idempotencyKey,
      parentRunId: parent?.runId ?? null,
      parentStepId: parent?.stepId ?? null,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: runnerRuns.id });
  if (!run) return null;
  await tx.insert(runnerSteps).values({
    runId: run.id,
    stepId: DISCOVERY,
    functionId: fn.id,
    op: 'Discovery',
    state: 'ready',
    dueAt: now,
  });
  return run.id;
}

async function isKeyTaken(tx: Transaction, functionId: string, key: string, now: Date): Promise<boolean> {
  // The function's row is the lock: two events with one key must not both find it free.
  await tx
    .select({ id: runnerFunctions.id })
    .from(runnerFunctions)
    .where(eq(runnerFunctions.id, functionId))
    .for('update');
  const [taken] = await tx
    .select({ id: runnerRuns.id })
    .from(runnerRuns)
    .where(
      and(
        eq(runnerRuns.functionId, functionId),
        eq(runnerRuns.idempotencyKey, key),
        gt(runnerRuns.createdAt, new Date(now.getTime() - IDEMPOTENCY_MS)),
      ),
    )
    .limit(1);
  return taken !== undefined;
}

/**
 * Locks a run that goes on; null when it has ended. Whoever settles a step holds this lock: without it two steps that
 * settle at once each think that the other one will wake the run, and neither does.
 */
export async function lockRun(tx: Transaction, runId: string): Promise<Run | null> {
  const [run] = await tx.select().from(runnerRuns).where(eq(runnerRuns.id, runId)).for('update');
  return run?.state === 'running' ? run : null;
}

/** Writes a step's result down, once, and has the run discovered again. The caller holds the run's lock. */
export async function settleStep(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  stepId: string,
  result: { data: unknown } | { error: RunnerError },
): Promise<void> {
  const [settled] = await tx
    .update(runnerSteps)
    .set({
      state: 'error' in result ? 'failed' : 'done',
      data: 'error' in result ? null : (result.data ?? null),
      error: 'error' in result ? result.error : null,
      position: run.settledSteps,
      dueAt: null,
      leaseToken: null,
      leaseUntil: null,
    })
    .where(
      and(
        eq(runnerSteps.runId, run.id),
        eq(runnerSteps.stepId, stepId),
        inArray(runnerSteps.state, ['ready', 'waiting']),
      ),
    )
    .returning({ stepId: runnerSteps.stepId });
  if (!settled) return;
  run.settledSteps += 1;
  await tx.update(runnerRuns).set({ settledSteps: run.settledSteps }).where(eq(runnerRuns.id, run.id));
  await tx
    .update(runnerSteps)
    .set({ state: 'ready', dueAt: ctx.clock.now(), attempt: 0, losses: 0 })
    .where(
      and(eq(runnerSteps.runId, run.id), eq(runnerSteps.stepId, DISCOVERY), eq(runnerSteps.state, 'idle')),
    );
}

export type RunEnd =
  | { state: 'completed'; output: unknown }
  | { state: 'failed' | 'cancelled'; error: RunnerError };

/**
 * Ends a run whose lock the caller holds, and tells the run that waits for it. Returns the event that Inngest sends at
 * the end of a run, for the caller to accept; null when no function listens for it. `onFailure` lives from it.
 */
export async function endRun(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  end: RunEnd,
): Promise<RunnerEventPayload | null> {
  const error = end.state === 'completed' ? null : end.error;
  const output = end.state === 'completed' ? (end.output ?? null) : null;
  await tx
    .update(runnerRuns)
    .set({ state: end.state, finishedAt: ctx.clock.now(), output, error })
    .where(eq(runnerRuns.id, run.id));
  await tx
    .update(runnerSteps)
    .set({ state: 'dropped', dueAt: null, leaseToken: null, leaseUntil: null })
    .where(and(eq(runnerSteps.runId, run.id), notInArray(runnerSteps.state, ['done', 'failed'])));

  if (error) ctx.log.error({ run: run.id, function: run.functionId, error }, `a job run was ${end.state}`);
  if (run.parentRunId && run.parentStepId) {
    const parent = await lockRun(tx, run.parentRunId);
    if (parent) await settleStep(ctx, tx, parent, run.parentStepId, error ? { error } : { data: output });
  }
  return endEvent(ctx, tx, run, end);
}

const END_EVENTS = {
  completed: 'inngest/function.finished',
  failed: 'inngest/function.failed',
  cancelled: 'inngest/function.cancelled',
} as const;

async function endEvent(
  ctx: RunnerContext,
  tx: Transaction,
  run: Run,
  end: RunEnd,
): Promise<RunnerEventPayload | null> {
  const name = END_EVENTS[end.state];
  const listens = [...ctx.functions.values()].some((fn) =>
    fn.events.some((trigger) => trigger.name === name),
  );
  if (!listens) return null;
  return {
    id: `${name}/${run.id}`,
    name,
    ts: ctx.clock.now().getTime(),
    data: {
      function_id: run.functionId,
      run_id: run.id,
      event: await causeOf(tx, run),
      ...(end.state === 'completed' ? { result: end.output ?? null } : { error: end.error }),
    },
  };
}

/** The event that began a run. */
export async function causeOf(db: Queryable, run: Pick<Run, 'eventId'>): Promise<RunnerEventPayload> {
  const [event] = await db
    .select({ payload: runnerEvents.payload })
    .from(runnerEvents)
    .where(eq(runnerEvents.id, run.eventId));
  if (!event) throw new Error(`the event ${run.eventId} of a run is gone`);
  return event.payload;
}
