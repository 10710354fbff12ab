import { and, eq, gt } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { type RunnerEventPayload, runnerEvents, runnerRuns, runnerSteps } from '@/db/schema/runner';
import { compileCondition } from './expression';
import type { RunnerContext } from './runner-context';
import { beginRun, causeOf, endRun, lockRun, type Run, type RunEnd, settleStep } from './runs';

/**
 * Accepts one event, in the caller's transaction: stores it, begins the runs that it triggers, cancels those that it
 * cancels and wakes those that wait for it. An id that was accepted before does nothing; returns whether it was new.
 */
export async function acceptEvent(
  ctx: RunnerContext,
  tx: Transaction,
  event: RunnerEventPayload,
): Promise<boolean> {
  if (!(await storeEvent(ctx, tx, event))) return false;
  for (const fn of ctx.functions.values()) {
    const triggered = fn.events.some(
      (trigger) => trigger.name === event.name && trigger.condition({ event }),
    );
    if (triggered) await beginRun(ctx, tx, fn, event);
  }
  await cancelRuns(ctx, tx, event);
  await wakeWaiting(ctx, tx, event);
  return true;
}

/** False when an event with this id is there already. */
export async function storeEvent(
  ctx: RunnerContext,
  tx: Transaction,
  event: RunnerEventPayload,
): Promise<boolean> {
  const stored = await tx
    .insert(runnerEvents)
    .values({ id: event.id, name: event.name, payload: event, receivedAt: ctx.clock.now() })
    .onConflictDoNothing()
    .returning({ id: runnerEvents.id });
  return stored.length > 0;
}

/** Ends a run whose lock the caller holds, and lets those who listen for its end know. */
export async function finishRun(ctx: RunnerContext, tx: Transaction, run: Run, end: RunEnd): Promise<void> {
  const event = await endRun(ctx, tx, run, end);
  if (event) await acceptEvent(ctx, tx, event);
}

async function cancelRuns(ctx: RunnerContext, tx: Transaction, event: RunnerEventPayload): Promise<void> {
  for (const fn of ctx.functions.values()) {
    for (const cancel of fn.cancels.filter((one) => one.event === event.name)) {
      const since = new Date(ctx.clock.now().getTime() - (cancel.withinMs ?? ctx.clock.now().getTime()));
      const open = await tx
        .select({ id: runnerRuns.id, cause: runnerEvents.payload, causeId: runnerEvents.id })
        .from(runnerRuns)
        .innerJoin(runnerEvents, eq(runnerEvents.id, runnerRuns.eventId))
        .where(
          and(
            eq(runnerRuns.functionId, fn.id),
            eq(runnerRuns.state, 'running'),
            gt(runnerRuns.createdAt, since),
          ),
        )
        .orderBy(runnerRuns.id);
      for (const { id, cause, causeId } of open) {
        // An event that both begins and cancels means the runs before it.
        if (causeId === event.id || !cancel.condition({ event: cause, async: event })) continue;
        const run = await lockRun(tx, id);
        const error = { name: 'Cancelled', message: `cancelled by the event ${event.name} ${event.id}` };
        if (run) await finishRun(ctx, tx, run, { state: 'cancelled', error });
      }
    }
  }
}

async function wakeWaiting(ctx: RunnerContext, tx: Transaction, event: RunnerEventPayload): Promise<void> {
  const waiting = await tx
    .select({ runId: runnerSteps.runId, stepId: runnerSteps.stepId, waitsFor: runnerSteps.waitsFor })
    .from(runnerSteps)
    .where(and(eq(runnerSteps.state, 'waiting'), eq(runnerSteps.op, 'WaitForEvent')))
    .orderBy(runnerSteps.runId, runnerSteps.stepId);
  for (const { runId, stepId, waitsFor } of waiting) {
    if (waitsFor?.event !== event.name) continue;
    const run = await lockRun(tx, runId);
    if (!run) continue;
    const scope = { event: await causeOf(tx, run), async: event };
    const matches = !waitsFor.if || compileCondition(waitsFor.if)(scope);
    if (matches) await settleStep(ctx, tx, run, stepId, { data: event });
  }
}
