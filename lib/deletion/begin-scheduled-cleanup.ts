import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { jobRuns } from '@/db/schema/jobs';
import { openJobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { beginCleanup } from './begin-cleanup';
import { mayRunCleanups } from './cleanup-access';
import { CLEANUP_JOB, lockRun } from './cleanup-run';
import { expirePlans } from './expire-plans';
import { makePlan } from './make-plan';
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
  await expirePlans(ctx);
  const run = await openJobRun(ctx, ctx.db, { job: CLEANUP_JOB, trigger: 'schedule', dedupeKey: tick });
  if (run.planId === null) await givePlan(ctx, run.id);
  await beginCleanup(ctx, { jobRunId: run.id });
  return { jobRunId: run.id };
}

async function givePlan(ctx: Context, jobRunId: string): Promise<void> {
  await transact(
    ctx,
    async (tx) => {
      const run = await lockRun(tx, jobRunId);
      if (run.planId !== null) return;
      const plan = await makePlan(ctx, tx, {}, 'running');
      await tx.update(jobRuns).set({ planId: plan.id }).where(eq(jobRuns.id, jobRunId));
    },
    { isolationLevel: 'repeatable read' },
  );
}
