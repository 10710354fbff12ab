import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { conflict, LapseError } from '@/lib/platform/errors';
import type { StatResult } from '@/lib/platform/storage/object-storage';
import { isAnother } from '@/lib/platform/storage/seen-versions';
import { readSetting } from '@/lib/settings/read-setting';
import { type CleanupRun, loadCleanupRun } from './cleanup-run';
import { changedTo, type Fate, statAll, versionOf } from './delete-and-verify';
import { runsWithClaims } from './file-states';
import { whyPlanIsAnother } from './plan-is-another';
import { type RunLock, withRunLock } from './run-lock';
import { settle } from './settle';
import type { Claim, Plan } from './source';
import { sourceOf } from './sources';

/**
 * Settles what a crash left of this run: claims that were committed and never settled (L9). Only the store knows what had
 * happened. What is gone gets its receipt, from what the claim recorded; what is still there goes back to be checked
 * again like everything else, so that a withdrawal since then holds; what is another object by now stays; what the store does not answer for stays claimed.
 *
 * The caller holds the run's lock, so who made these claims has lost it; but he may not know, and have a request at the
 * store. So what is still there is given back only when he has had to stop for long (run-cleanup-batch, `calledOff`): a
 * withdrawal must not be told that a file stays which then goes. Returns for how many milliseconds more something must
 * wait for that; 0: nothing does. Throws 'conflict' when the claims are of another store than the configured one: what is
 * not in this one may still be in that.
 */
export async function recoverClaims(ctx: Context, cleanup: CleanupRun): Promise<number> {
  const { run, plan } = cleanup;
  const left = await sourceOf(plan.source).unsettledClaims(ctx.db, run.id, plan.id);
  if (left.length === 0) return 0;
  const another = await whyPlanIsAnother(ctx, cleanup);
  if (another !== null) throw conflict(another);
  const stats = await statAll(
    ctx.storage,
    left.map((claim) => claim.storageKey),
  );
  const fates = new Map(left.map((claim) => [claim.storageKey, fateOf(claim, stats.get(claim.storageKey))]));
  const takeover = (await readSetting(ctx.db, 'cleanup.takeover-seconds')) * 1000;
  const now = ctx.clock.now().getTime();
  const waits = ({ claimedAt, storageKey }: Claim): number =>
    fates.get(storageKey)?.fate === 'untouched' && claimedAt !== null
      ? Math.max(0, claimedAt.getTime() + takeover - now)
      : 0;
  const claims = left.filter(
    (claim) => fates.get(claim.storageKey)?.fate !== 'unknown' && waits(claim) === 0,
  );
  const wait = Math.max(...left.map(waits));
  if (claims.length === 0) return wait;
  await audited(
    ctx,
    { action: 'artifacts.delete', target: `run:${run.id}`, reason: 'settles what was interrupted' },
    (event) =>
      settle(ctx, cleanup, claims, fates, (tx, settled) =>
        event.succeed(tx, { newValue: { planId: plan.id, recovered: claims.length, ...settled } }),
      ),
  );
  return wait;
}

/** The same for all runs that nobody works on any more. One that cannot be recovered does not stop the others. */
export async function recoverAbandonedClaims(
  ctx: Context,
  source: Plan['source'],
  lock: RunLock,
  except?: CleanupRun,
): Promise<void> {
  for (const runId of await runsWithClaims(sourceOf(source), ctx.db)) {
    if (runId === except?.run.id || !(await lock.isAbandoned(runId))) continue;
    try {
      await recoverClaims(ctx, await loadCleanupRun(ctx.db, runId));
    } catch (error) {
      if (!(error instanceof LapseError)) throw error;
      ctx.log.warn({ err: error, run: runId }, 'what an interrupted cleanup left could not be settled');
    }
  }
}

/** The same without a run that begins, for when none may: it deletes nothing. Access is the caller's. */
export async function settleAbandonedClaims(ctx: Context, source: Plan['source']): Promise<void> {
  if ((await runsWithClaims(sourceOf(source), ctx.db)).length === 0) return;
  // Where another process is at it, it does not have to be done twice.
  await withRunLock(ctx, `settle:${source}`, (lock) => recoverAbandonedClaims(ctx, source, lock));
}

function fateOf(claim: Claim, stat: StatResult | undefined): Fate {
  if (!stat || stat.outcome === 'failed') return { fate: 'unknown', error: stat?.error ?? 'no answer' };
  if (stat.outcome === 'present') {
    return isAnother(versionOf(claim), stat) ? changedTo(stat) : { fate: 'untouched' };
  }
  return {
    fate: 'gone',
    outcome: claim.sizeBytes === null ? 'already-absent' : 'deleted',
    // The answer that would have said so is lost; older versions may remain where the store keeps them.
    remains:
      claim.versionId === null ? null : 'not known: the run was interrupted before it could be recorded',
  };
}
