import { z } from 'zod';
import { audited } from '@/lib/audit/record';
import { startJobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { whyPolicyIsOutdated } from './assert-runnable';
import { whyShareIsTooLarge } from './breakers';
import { mayRunCleanups } from './cleanup-access';
import { type CleanupRun, count, endRun, loadCleanupRun, lockRun } from './cleanup-run';
import { whyStoreIsDoubted } from './known-store';
import { whyPlanIsAnother } from './plan-is-another';
import { recoverAbandonedClaims } from './recover-claims';
import { withRunLock } from './run-lock';
import { sourceOf } from './sources';

const input = z.strictObject({ jobRunId: z.uuid('this is no id of a run') });

/**
 * Begins a run that was asked for: makes sure that its plan is still the one that was approved, and settles what other
 * runs left behind when they crashed. Where the plan must not be run, the run ends as 'stopped' and says why. Does
 * nothing to a run that has begun or ended. Throws 'forbidden', 'not_found'.
 */
export async function beginCleanup(ctx: Context, args: z.input<typeof input>): Promise<void> {
  const { jobRunId } = parse(input, args);
  const target = `run:${jobRunId}`;
  await mayRunCleanups(ctx, 'cleanup.run', target);
  const begun = await withRunLock(ctx, jobRunId, async (lock) => {
    const cleanup = await loadCleanupRun(ctx.db, jobRunId);
    if (cleanup.run.state !== 'queued') return;
    await audited(ctx, { action: 'cleanup.run', target }, async (event) => {
      const { plan } = cleanup;
      const why = await whyNotToRun(ctx, cleanup);
      if (why !== null) {
        event.note({ newValue: { planId: plan.id, planHash: plan.hash, stopped: why } });
        await endRun(ctx, cleanup, { state: 'stopped', summary: `Nothing was deleted. ${why}` });
        return;
      }
      await recoverAbandonedClaims(ctx, plan.source, lock, cleanup);
      await ctx.db.transaction(async (tx) => {
        const run = await lockRun(tx, jobRunId);
        await startJobRun(ctx, tx, jobRunId);
        const failed = sourceOf(plan.source).failedAtOnce(plan).counts;
        await count(ctx, tx, run, { plannedFiles: plan.files, plannedBytes: plan.bytes, ...failed });
        await event.succeed(tx, {
          newValue: { planId: plan.id, planHash: plan.hash, files: plan.files, bytes: plan.bytes },
        });
      });
    });
  });
  if (begun === 'busy') throw new LapseError('unavailable', 'Another process is working on this cleanup.');
}

async function whyNotToRun(ctx: Context, { run, plan }: CleanupRun): Promise<string | null> {
  if (run.stopRequestedAt !== null) return 'It was stopped before it began.';
  const outdated = await whyPolicyIsOutdated(ctx.db, plan);
  if (outdated !== null) return outdated;
  const another = await whyPlanIsAnother(ctx, { run, plan });
  if (another !== null) return another;
  const doubted = await whyStoreIsDoubted(ctx.db, ctx.storage);
  if (doubted !== null) return doubted;
  const tooMuch = await whyShareIsTooLarge(ctx.db, plan.id);
  return tooMuch === null ? null : `It stopped itself. ${tooMuch}`;
}
