import { and, count, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { runnerFunctions, runnerSteps } from '@/db/schema/runner';
import type { RunnerContext } from './runner-context';

export type Step = typeof runnerSteps.$inferSelect;
/** A step that this process may request until its lease ends. */
export type ClaimedStep = Step & { leaseToken: string };

/**
 * Takes up to `room` steps that are due, older runs first, and within each function's concurrency limit. A step whose
 * lease has run out (its process was killed) is taken again, and the loss is counted.
 */
export async function claimSteps(ctx: RunnerContext, room: number): Promise<ClaimedStep[]> {
  const claimed: ClaimedStep[] = [];
  const functions = await ctx.db
    .selectDistinct({ id: runnerSteps.functionId })
    .from(runnerSteps)
    .where(isDue(ctx.clock.now()));
  for (const { id } of functions) {
    if (claimed.length >= room) break;
    claimed.push(...(await claimStepsOf(ctx, id, room - claimed.length)));
  }
  return claimed;
}

function isDue(now: Date) {
  return and(
    eq(runnerSteps.state, 'ready'),
    lte(runnerSteps.dueAt, now),
    or(isNull(runnerSteps.leaseUntil), lte(runnerSteps.leaseUntil, now)),
  );
}

function claimStepsOf(ctx: RunnerContext, functionId: string, room: number): Promise<ClaimedStep[]> {
  return ctx.db.transaction(async (tx) => {
    const now = ctx.clock.now();
    // The count below is only right while nobody else claims steps of this function.
    const lock = await tx
      .select({ id: runnerFunctions.id })
      .from(runnerFunctions)
      .where(eq(runnerFunctions.id, functionId))
      .for('update', { skipLocked: true });
    if (lock.length === 0) return [];

    const limit = ctx.functions.get(functionId)?.concurrency ?? null;
    const [out] = await tx
      .select({ value: count() })
      .from(runnerSteps)
      .where(and(eq(runnerSteps.functionId, functionId), gt(runnerSteps.leaseUntil, now)));
    const free = Math.min(room, limit === null ? room : limit - (out?.value ?? 0));
    if (free <= 0) return [];

    // As a common table expression it runs once, whatever the plan; as a subquery it might take more than its limit.
    const due = tx.$with('due').as(
      tx
        .select({ runId: runnerSteps.runId, stepId: runnerSteps.stepId })
        .from(runnerSteps)
        .where(and(eq(runnerSteps.functionId, functionId), isDue(now)))
        .orderBy(runnerSteps.runId, runnerSteps.dueAt)
        .limit(free)
        .for('update', { skipLocked: true }),
    );
    const claimed = await tx
      .with(due)
      .update(runnerSteps)
      .set({
        leaseToken: sql`gen_random_uuid()`,
        leaseUntil: leaseEnd(ctx),
        losses: sql`${runnerSteps.losses} + case when ${runnerSteps.leaseUntil} is null then 0 else 1 end`,
      })
      .where(
        sql`(${runnerSteps.runId}, ${runnerSteps.stepId}) in (select ${due.runId}, ${due.stepId} from ${due})`,
      )
      .returning();
    return claimed.map((step) => ({ ...step, leaseToken: String(step.leaseToken) }));
  });
}

/** The sign of life for a request that is out. False: the lease was lost, or the run has ended meanwhile. */
export async function extendLease(ctx: RunnerContext, step: ClaimedStep): Promise<boolean> {
  const extended = await ctx.db
    .update(runnerSteps)
    .set({ leaseUntil: leaseEnd(ctx) })
    .where(and(eq(runnerSteps.runId, step.runId), eq(runnerSteps.leaseToken, step.leaseToken)))
    .returning({ stepId: runnerSteps.stepId });
  return extended.length > 0;
}

const leaseEnd = (ctx: RunnerContext) => new Date(ctx.clock.now().getTime() + ctx.settings.leaseMs);
