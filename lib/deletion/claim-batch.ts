import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import type { StatResult } from '@/lib/platform/storage/object-storage';
import { storeNow } from '@/lib/platform/storage/store-now';
import { whyTooManyAreAbsent } from './absence-breaker';
import { nextAttempt } from './backoff';
import { type CleanupRun, count, hasEnded, lockRun } from './cleanup-run';
import { readCounts } from './counts';
import { correctSizes, markClaimed, markFailed, type SizedObject, takeBack } from './file-states';
import { judge, type OpenItem, type Verdict } from './judge';
import { ChallengeCounts } from './run-challenges';
import type { Claim, DeletionSource, Reference } from './source';
import { sourceOf } from './sources';
import { asRecords, inTexts } from './sql-lists';
import { transact } from './transact';

/** So often an item waits for somebody else before the run goes on without it. */
export const MAX_PASSES = 5;

export interface Batch {
  /** The plan's items whose turn has come. */
  positions: number[];
  /** What the store said of each of their objects just before. */
  stats: ReadonlyMap<string, StatResult>;
  /** What it has again of files that were deleted; see goneBeside. */
  back: readonly SizedObject[];
}

export interface ClaimResult {
  claims: Claim[];
  shrunk: number;
  failed: number;
  /** Objects that are looked at again. */
  postponed: number;
  /** Not null: nothing was claimed or written down, and the run must stop, for this reason. */
  stop: string | null;
}

/**
 * The commit point (L7). In one transaction: locks everything that the law depends on for these objects, asks it again,
 * and commits the intent to delete what it still lets go. What it does not is counted as shrunk, with the reason; nothing
 * is ever added (L6). A withdrawal, a hold or a change that commits before this one wins, and one that comes later waits
 * and finds the artifacts 'deleting'.
 *
 * A run that was asked to stop claims nothing, and neither does one that finds too many files absent (E12).
 */
export async function claimBatch(
  ctx: Context,
  { run, plan }: CleanupRun,
  batch: Batch,
): Promise<ClaimResult> {
  const store = await storeNow(ctx.storage);
  return transact(ctx, async (tx) => {
    const nothing = { claims: [], shrunk: 0, failed: 0, postponed: 0, stop: null };
    const locked = await lockRun(tx, run.id);
    if (locked.stopRequestedAt !== null || hasEnded(locked)) return nothing;

    const source = sourceOf(plan.source);
    const now = ctx.clock.now();
    const { references, contested } = await source.lockReferences(tx, [...batch.stats.keys()], now, store);
    await takeBack(source, tx, batch.back);
    const items = groupByKey(await openItems(tx, source, plan.id, batch));
    const referencesOf = groupByKey(references);
    const verdicts = new Map<string, Verdict>();
    for (const [key, stat] of batch.stats) {
      const open = items.get(key);
      if (!open) continue;
      const verdict: Verdict = contested.has(key)
        ? { verdict: 'later', unsettled: false }
        : judge(open, referencesOf.get(key) ?? [], stat, run.id);
      verdicts.set(key, patience(open, verdict));
    }

    const made = { claimId: newId(), claimedAt: now };
    const claims = [...verdicts.values()].flatMap((one) =>
      one.verdict === 'go' ? [{ ...one.claim, ...made }] : [],
    );
    const stop = await whyTooManyAreAbsent(tx, ctx.storage, readCounts(locked.counts), claims);
    if (stop !== null) return { ...nothing, stop };
    if (claims.length > 0) await markClaimed(source, tx, run.id, claims, now);
    await markFailed(source, tx, failuresOf(verdicts, referencesOf, now));
    await correctSizes(source, tx, sizesOf(verdicts));
    await writeOutcomes(tx, plan.id, items, verdicts);
    await countFailures(items, verdicts).save(tx, { run, plan });
    const number = (which: Verdict['verdict']) =>
      [...verdicts.values()].filter((one) => one.verdict === which).length;
    const result = {
      claims,
      shrunk: number('shrink'),
      failed: number('fail'),
      postponed: number('later'),
      stop: null,
    };
    await count(ctx, tx, locked, { shrunk: result.shrunk, failed: result.failed });
    return result;
  });
}

/** Waiting has an end: the run goes on without what is contested all the time. */
function patience(items: readonly OpenItem[], verdict: Verdict): Verdict {
  if (verdict.verdict !== 'later' || items.every((item) => item.passes + 1 < MAX_PASSES)) return verdict;
  if (verdict.unsettled) {
    // A deletion was tried and the store does not say what became of it; the claim stays until it does.
    return { verdict: 'fail', error: 'the store does not say whether the file is gone', attempts: null };
  }
  return {
    verdict: 'shrink',
    reasons: new Map(items.map((item) => [item.artifactId, 'busy'])),
    actualSize: null,
  };
}

/** The items whose turn has come, with all others of the plan that share their objects. */
async function openItems(
  tx: Transaction,
  source: DeletionSource,
  planId: string,
  batch: Batch,
): Promise<OpenItem[]> {
  const rows = await tx.execute<Record<string, unknown>>(sql`
    select item.position, item.challenge_id, item.artifact_id, item.storage_key, item.size_bytes, item.consent_event_id, item.notice_id,
      item.public_policy_id, item.passes, ${source.isDeleted} as is_deleted
    from plan_items item
    left join ${source.files} file on file.id = item.artifact_id
    where item.plan_id = ${planId}::uuid and item.will_delete and item.outcome is null
      and item.position in (
        select unnest(${`{${batch.positions.join(',')}}`}::integer[])
        union
        select item.position from ${source.files} file
        join plan_items item
          on item.plan_id = ${planId}::uuid and ${source.isItemOfFile} and item.storage_key = file.storage_key
        where ${inTexts(sql`file.storage_key`, [...batch.stats.keys()])}
      )
    order by item.position`);
  return rows.map((row) => ({
    position: Number(row.position),
    isDeleted: row.is_deleted === true,
    challengeId: row.challenge_id === null ? null : Number(row.challenge_id),
    artifactId: Number(row.artifact_id),
    storageKey: String(row.storage_key),
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    consentEventId: row.consent_event_id as string | null,
    noticeId: row.notice_id as string | null,
    publicPolicyId: row.public_policy_id as string | null,
    passes: Number(row.passes),
  }));
}

function failuresOf(
  verdicts: ReadonlyMap<string, Verdict>,
  referencesOf: ReadonlyMap<string, Reference[]>,
  now: Date,
) {
  return [...verdicts].flatMap(([storageKey, one]) =>
    one.verdict === 'fail' && one.attempts !== null
      ? {
          storageKey,
          artifactIds: (referencesOf.get(storageKey) ?? []).map((reference) => reference.artifactId),
          error: one.error,
          nextAttemptAt: nextAttempt(now, one.attempts + 1),
          keepsClaim: false,
        }
      : [],
  );
}

const sizesOf = (verdicts: ReadonlyMap<string, Verdict>) =>
  [...verdicts].flatMap(([storageKey, one]) =>
    one.verdict === 'shrink' && one.actualSize !== null ? { storageKey, sizeBytes: one.actualSize } : [],
  );

async function writeOutcomes(
  tx: Transaction,
  planId: string,
  items: ReadonlyMap<string, OpenItem[]>,
  verdicts: ReadonlyMap<string, Verdict>,
): Promise<void> {
  const rows = [...verdicts].flatMap(([key, one]) =>
    (one.verdict === 'go' ? [] : (items.get(key) ?? [])).map((item) => ({
      position: item.position,
      outcome: one.verdict === 'shrink' ? 'shrunk' : one.verdict === 'fail' ? 'failed' : null,
      reason: one.verdict === 'shrink' ? (one.reasons.get(item.artifactId) ?? null) : null,
      error: one.verdict === 'fail' ? one.error : null,
      passes: item.passes + (one.verdict === 'later' ? 1 : 0),
    })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    update plan_items item
    set outcome = now_known.outcome::plan_item_outcome, outcome_reason = now_known.reason, error = now_known.error,
      passes = now_known.passes
    from jsonb_to_recordset(${asRecords(rows)})
      as now_known(position integer, outcome text, reason text, error text, passes integer)
    where item.plan_id = ${planId}::uuid and item.position = now_known.position`);
}

/** The objects that failed before they were claimed, in each of their challenges. */
function countFailures(
  items: ReadonlyMap<string, OpenItem[]>,
  verdicts: ReadonlyMap<string, Verdict>,
): ChallengeCounts {
  const counts = new ChallengeCounts();
  for (const [key, { verdict }] of verdicts) {
    if (verdict === 'fail') {
      counts.add(
        (items.get(key) ?? []).map((item) => item.challengeId),
        'failed',
      );
    }
  }
  return counts;
}

function groupByKey<T extends { storageKey: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.storageKey);
    if (group) group.push(row);
    else groups.set(row.storageKey, [row]);
  }
  return groups;
}
