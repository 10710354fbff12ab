import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { jobRuns } from '@/db/schema/jobs';
import { openJobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { beginCleanup } from './begin-cleanup';
import { mayRunCleanups } from './cleanup-access';
import { lockRun } from './cleanup-run';
import { dryRunCleanup } from './dry-run-cleanup';
import { expirePlans } from './expire-plans';
import { makePlan } from './make-plan';
import { noteTakenUp, plansToTakeUp } from './set-aside';
import type { Plan } from './source';
import { sourceOf } from './sources';
import { transact } from './transact';

const input = z.strictObject({ tick: z.iso.datetime('a tick is an instant in ISO 8601 and UTC') });

/**
 * Begins the run of a schedule's tick, with a plan of its own from the planner that previews use (E15, L6). The same tick
 * makes one run, however often it is told. Throws 'forbidden'.
 */
export async function beginScheduledCleanup(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ jobRunId: string }> {
  const { tick } = parse(input, args);
  await mayRunCleanups(ctx, 'cleanup.run', `tick:${tick}`);
  return { jobRunId: await beginPlanned(ctx, 'submission-artifacts', tick) };
}

/** The dedupe key of the run that a tick of the retries makes; the cleanup's own ticks are keys as they are. */
export const retryKey = (tick: string): string => `retry:${tick}`;

/**
 * The same for a tick between the scheduled runs: only what a deletion failed for before or a run set aside, may be
 * tried again now and may still go (E10), and what an interrupted run left behind. Without any there is no run, and `jobRunId` is null.
 */
export async function beginRetries(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ jobRunId: string | null }> {
  const { tick } = parse(input, args);
  await mayRunCleanups(ctx, 'cleanup.run', `tick:${tick}`);
  return { jobRunId: await retryPlanned(ctx, 'submission-artifacts', tick) };
}

/** The same for any source; null: there is nothing to try again. Access is the caller's. */
export async function retryPlanned(
  ctx: Context,
  source: Plan['source'],
  tick: string,
): Promise<string | null> {
  // Every hour, whether there is a run or not: previews that nobody ran would otherwise pile up.
  await expirePlans(ctx);
  const isNeeded = (await hasAbandonedClaims(ctx, source)) || (await hasRetries(ctx, source));
  return isNeeded ? beginPlanned(ctx, source, retryKey(tick), 'retries') : null;
}

/** Asks the planner, so that what failed and is held by now, say, does not make an empty run every hour. */
async function hasRetries(ctx: Context, source: Plan['source']): Promise<boolean> {
  const now = ctx.clock.now();
  const [failed] = await ctx.db.execute(sql`
    select 1 from ${sourceOf(source).files}
    where state = 'failed' and next_attempt_at <= ${now.toISOString()}::timestamptz limit 1`);
  const retriesOf = await restsOf(ctx.db, source, now);
  if (!failed && retriesOf.length === 0) return false;
  return dryRunCleanup(ctx, { source, retriesOf }, async (_, plan) => plan.files > 0);
}

/** Claims of runs that have ended: nobody settles them but a run that begins (L9). */
async function hasAbandonedClaims(ctx: Context, source: Plan['source']): Promise<boolean> {
  const [claim] = await ctx.db.execute(sql`
    select 1 from ${sourceOf(source).files} file
    join job_runs run on run.id = file.claimed_by_run
    where file.state = 'deleting' and run.state not in ('queued', 'running') limit 1`);
  return claim !== undefined;
}

/** The plans of which something was set aside. */
const restsOf = (db: Queryable, source: Plan['source'], now: Date): Promise<string[]> =>
  sourceOf(source).setsAside ? plansToTakeUp(db, now) : Promise.resolve([]);

type Extent = 'everything' | 'retries';

/** The run of a key that no other run of the source has, with a plan of its own, begun. Access is the caller's. */
export async function beginPlanned(
  ctx: Context,
  source: Plan['source'],
  dedupeKey: string,
  extent: Extent = 'everything',
): Promise<string> {
  await expirePlans(ctx);
  const { job } = sourceOf(source);
  const run = await openJobRun(ctx, ctx.db, { job, trigger: 'schedule', dedupeKey });
  if (run.planId === null) await givePlan(ctx, source, run.id, extent);
  await beginCleanup(ctx, { jobRunId: run.id });
  return run.id;
}

async function givePlan(
  ctx: Context,
  source: Plan['source'],
  jobRunId: string,
  extent: Extent,
): Promise<void> {
  await transact(
    ctx,
    async (tx) => {
      const run = await lockRun(tx, jobRunId);
      if (run.planId !== null) return;
      const now = ctx.clock.now();
      const scope = extent === 'retries' ? { retriesOf: await restsOf(tx, source, now) } : {};
      const plan = await makePlan(ctx, tx, { source, ...scope }, 'running');
      if (extent === 'retries' && sourceOf(source).setsAside) await noteTakenUp(tx, now);
      await tx.update(jobRuns).set({ planId: plan.id }).where(eq(jobRuns.id, jobRunId));
    },
    { isolationLevel: 'repeatable read' },
  );
}
