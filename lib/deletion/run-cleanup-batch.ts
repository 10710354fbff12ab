import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { audited, type OpenEvent } from '@/lib/audit/record';
import type { JobRunEnd } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { readSetting } from '@/lib/settings/read-setting';
import { whyPolicyIsOutdated } from './assert-runnable';
import { type ClaimResult, claimBatch } from './claim-batch';
import { mayRunCleanups } from './cleanup-access';
import { type CleanupRun, count, endRun, hasEnded, loadCleanupRun, lockRun } from './cleanup-run';
import { deleteAndVerify, statAll, whyStoreIsDown } from './delete-and-verify';
import { judgeErrors } from './error-breaker';
import { type SizedObject, takeBack } from './file-states';
import { whyPlanIsAnother } from './plan-is-another';
import { recoverClaims } from './recover-claims';
import { type RunLock, withRunLock } from './run-lock';
import { setAside } from './set-aside';
import { type Settled, settle } from './settle';
import { challengeIdOf, sayGone } from './source';
import { sourceOf } from './sources';
import { transact } from './transact';

const input = z.strictObject({ jobRunId: z.uuid('this is no id of a run') });

/**
 * Works on the next batch of a cleanup that has begun: at most so many objects as the setting says. `done` is true when
 * nothing is left to do, also because the run was stopped or stopped itself. It may be called again after any crash, and
 * by two processes at once, of which one waits. Throws 'forbidden', 'not_found', 'conflict' (it has not begun).
 */
export async function runCleanupBatch(ctx: Context, args: z.input<typeof input>): Promise<{ done: boolean }> {
  const { jobRunId } = parse(input, args);
  await mayRunCleanups(ctx, 'artifacts.delete', `run:${jobRunId}`);
  const done = await withRunLock(ctx, jobRunId, async (lock) => {
    const cleanup = await loadCleanupRun(ctx.db, jobRunId);
    if (hasEnded(cleanup.run)) return true;
    if (cleanup.run.state === 'queued') throw conflict(`The cleanup ${jobRunId} has not begun.`);
    const another = await whyPlanIsAnother(ctx, cleanup);
    if (another !== null) return ended(ctx, cleanup, stopped(another));
    const giveBackIn = await recoverClaims(ctx, cleanup);
    if (giveBackIn > 0) {
      // Somebody may still be at the store with them. Waiting in short pieces shows that the run is alive. Whatever ends it
      // by itself waits as well: those of a run that has ended are settled with the next hour only.
      await sleep(Math.min(giveBackIn, WAIT_FOR_CLAIMS_MS));
      await showLife(ctx, jobRunId);
      return (await loadCleanupRun(ctx.db, jobRunId)).run.stopRequestedAt !== null;
    }
    return (await endedEarly(ctx, jobRunId)) || (await work(ctx, cleanup, lock));
  });
  return { done: done === true };
}

const WAIT_FOR_CLAIMS_MS = 2_000;

const showLife = (ctx: Context, jobRunId: string): Promise<unknown> =>
  ctx.db.transaction(async (tx) => count(ctx, tx, await lockRun(tx, jobRunId), {}));

/**
 * Ends the run when somebody asked for it, when another policy is in force since it began (Lapse was updated meanwhile, or
 * started with another environment), or
 * when it has too many errors; sets challenges aside that have.
 */
async function endedEarly(ctx: Context, jobRunId: string): Promise<boolean> {
  const cleanup = await loadCleanupRun(ctx.db, jobRunId);
  if (cleanup.run.stopRequestedAt !== null) return true;
  await sourceOf(cleanup.plan.source).adoptPolicy?.(ctx);
  const outdated = await whyPolicyIsOutdated(ctx.db, cleanup.plan);
  if (outdated !== null) return ended(ctx, cleanup, stopped(outdated));
  const errors = await judgeErrors(ctx.db, cleanup);
  if (errors.verdict === 'go-on') return false;
  if (errors.verdict === 'stop') return ended(ctx, cleanup, stopped(errors.why));
  for (const challenge of errors.challenges) await setAside(ctx, cleanup, challenge);
  return false;
}

async function work(ctx: Context, cleanup: CleanupRun, lock: RunLock): Promise<boolean> {
  const next = await nextObjects(ctx, cleanup.plan.id);
  if (next.keys.length === 0) return finishRest(ctx, cleanup);
  // All that is left was locked by others, so give them a moment.
  if (next.passes > 0) await sleep(100 * 2 ** next.passes);

  const back = await writtenAnew(ctx, cleanup, next.positions);
  const stats = await statAll(ctx.storage, next.keys);
  const storeDown = await whyStoreIsDown(ctx.storage, [...stats.values()]);
  if (storeDown !== null) return ended(ctx, cleanup, failed(storeDown));

  const { run } = cleanup;
  const end = await audited(ctx, { action: 'artifacts.delete', target: `run:${run.id}` }, async (event) => {
    const claimed = await claimBatch(ctx, cleanup, { positions: next.positions, stats, back });
    if (claimed.claims.length === 0) {
      const { stop } = claimed;
      const figure = figures(cleanup, claimed, null);
      event.note({ newValue: stop === null ? figure : { ...figure, stopped: stop } });
      return stop === null ? null : stopped(stop);
    }
    // From here on another process could take these claims for abandoned if this one had lost its lock.
    await lock.confirm();
    const outage = await deleteClaimed(ctx, cleanup, claimed, await calledOff(ctx, lock), event);
    return outage === null ? null : failed(outage);
  });
  if (end !== null) return ended(ctx, cleanup, end);
  return endedEarly(ctx, run.id);
}

/** Of the files that were deleted before, and are forgotten with this batch, what the store has again. */
async function writtenAnew(
  ctx: Context,
  { plan }: CleanupRun,
  positions: readonly number[] | null,
): Promise<SizedObject[]> {
  const keys = await sourceOf(plan.source).goneBeside(ctx.db, plan.id, positions);
  const stats = await statAll(ctx.storage, keys);
  return keys.flatMap((storageKey) => {
    const stat = stats.get(storageKey);
    return stat?.outcome === 'present' ? [{ storageKey, sizeBytes: stat.sizeBytes }] : [];
  });
}

/** What no object stands for, a part at a time, when all objects of the plan have had their turn. */
async function finishRest(ctx: Context, cleanup: CleanupRun): Promise<boolean> {
  const { run, plan } = cleanup;
  const source = sourceOf(plan.source);
  if (!(await source.hasRest(ctx.db, plan.id))) return true;
  const back = await writtenAnew(ctx, cleanup, null);
  return audited(ctx, { action: 'artifacts.delete', target: `run:${run.id}` }, (event) =>
    transact(ctx, async (tx) => {
      const locked = await lockRun(tx, run.id);
      if (locked.stopRequestedAt !== null || hasEnded(locked)) return true;
      await takeBack(source, tx, back);
      const { counts, gone } = await source.finishRest(tx, plan, ctx.clock.now());
      await count(ctx, tx, locked, counts);
      await event.succeed(tx, {
        newValue: { planId: plan.id, planHash: plan.hash, ...counts, ...sayGone(gone) },
      });
      return false;
    }),
  );
}

/**
 * When the store must not be asked for anything further: when the lock is lost, and, since that can go unnoticed, when
 * half of the time is over after which others may give the claims back; the other half is for what is under way.
 */
async function calledOff(ctx: Context, lock: RunLock): Promise<AbortSignal> {
  const takeover = await readSetting(ctx.db, 'cleanup.takeover-seconds');
  return takeover === 0 ? lock.lost : AbortSignal.any([lock.lost, AbortSignal.timeout(takeover * 500)]);
}

async function deleteClaimed(
  ctx: Context,
  cleanup: CleanupRun,
  claimed: ClaimResult,
  signal: AbortSignal,
  event: OpenEvent,
): Promise<string | null> {
  const { fates, storeDown } = await deleteAndVerify(ctx.storage, claimed.claims, signal);
  await settle(ctx, cleanup, claimed.claims, fates, (tx, settled) =>
    event.succeed(tx, { newValue: figures(cleanup, claimed, settled) }),
  );
  return storeDown;
}

const stopped = (why: string): JobRunEnd => ({ state: 'stopped', summary: `Stopped itself. ${why}` });
const failed = (why: string): JobRunEnd => ({
  state: 'failed',
  summary: `The storage cannot be used. ${why}`,
});

async function ended(ctx: Context, cleanup: CleanupRun, end: JobRunEnd): Promise<true> {
  await endRun(ctx, cleanup, end);
  return true;
}

interface NextObjects {
  positions: number[];
  keys: string[];
  /** How often they have waited already. */
  passes: number;
}

/** The next objects of the plan, those that waited for others last. */
async function nextObjects(ctx: Context, planId: string): Promise<NextObjects> {
  const limit = await readSetting(ctx.db, 'cleanup.batch-size');
  const rows = await ctx.db.execute<{ position: number; storage_key: string; passes: number }>(sql`
    select position, storage_key, passes from plan_items
    where plan_id = ${planId}::uuid and will_delete and outcome is null
    order by passes, position
    limit ${limit}`);
  return {
    positions: rows.map((row) => row.position),
    keys: [...new Set(rows.map((row) => row.storage_key))],
    passes: rows[0]?.passes ?? 0,
  };
}

/** What the audit event of a batch says; the receipts say it of every object. */
function figures({ plan }: CleanupRun, claimed: ClaimResult, settled: Settled | null) {
  const challenges = new Set(
    claimed.claims.flatMap((claim) => claim.subjects.map(challengeIdOf)).filter((id) => id !== null),
  );
  return {
    planId: plan.id,
    planHash: plan.hash,
    challenges: [...challenges].sort((a, b) => a - b),
    shrunk: claimed.shrunk + (settled?.shrunk ?? 0),
    postponed: claimed.postponed,
    deleted: settled?.deleted ?? 0,
    alreadyAbsent: settled?.alreadyAbsent ?? 0,
    failed: claimed.failed + (settled?.failed ?? 0),
    bytes: settled?.bytes ?? 0,
    ...(settled?.finished ?? { submissionsDeleted: 0 }),
    ...(settled?.gone && { gone: settled.gone }),
  };
}
