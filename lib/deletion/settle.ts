import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { receipts } from '@/db/schema/deletion';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { nextAttempt } from './backoff';
import { type CleanupRun, count, lockRun } from './cleanup-run';
import type { CountChange } from './counts';
import type { Fate } from './delete-and-verify';
import type { DeletionReason } from './reasons';
import type { Claim, DeletionSource, Failure } from './source';
import { sourceOf } from './sources';
import { asRecords } from './sql-lists';
import { transact } from './transact';

export interface Settled {
  deleted: number;
  alreadyAbsent: number;
  failed: number;
  /** Another object had the key by then; nothing was deleted. */
  shrunk: number;
  bytes: number;
  submissionsDeleted: number;
}

/**
 * Records, in one transaction, what became of a run's claims: a receipt for each object that is gone (E11), the states
 * of artifacts and submissions, the outcomes of the plan's items and the run's counts. What somebody else has settled or
 * claimed by now is left alone, so nothing is recorded twice (L9). `alsoIn` takes part in the transaction.
 */
export async function settle(
  ctx: Context,
  cleanup: CleanupRun,
  claims: readonly Claim[],
  fates: ReadonlyMap<string, Fate>,
  alsoIn: (tx: Transaction, settled: Settled) => Promise<void> = async () => {},
): Promise<Settled> {
  return transact(ctx, async (tx) => {
    const run = await lockRun(tx, cleanup.run.id);
    const source = sourceOf(cleanup.plan.source);
    const now = ctx.clock.now();
    const ours = await stillOurs(tx, source, run.id, claims);
    const fated = ours.map((claim): Fated => [claim, fates.get(claim.storageKey) ?? UNKNOWN]);
    const gone = fated.filter(isGone);
    const failures = fated.flatMap(([claim, fate]) =>
      fate.fate === 'failed' || fate.fate === 'unknown' ? [failureOf(claim, fate, now)] : [],
    );
    const untouched = fated.flatMap(([claim, { fate }]) => (fate === 'untouched' ? idsOf(claim) : []));

    const submissionsDeleted = await recordGone(tx, source, ctx, cleanup, gone, now);
    await source.markFailed(tx, failures);
    await source.putBack(tx, untouched);
    const changed = await recordChanged(tx, source, run.id, fated.filter(isChanged));
    const settledNow = [...fated.filter((one) => !isChanged(one)), ...changed];
    const corrected = await writeOutcomes(tx, cleanup.plan.id, settledNow);

    const settled: Settled = {
      deleted: gone.filter(([, fate]) => fate.outcome === 'deleted').length,
      alreadyAbsent: gone.filter(([, fate]) => fate.outcome === 'already-absent').length,
      failed: failures.filter((failure) => !failure.keepsClaim).length,
      shrunk: changed.length,
      bytes: gone.reduce(
        (sum, [claim, fate]) => sum + (fate.outcome === 'deleted' ? (claim.sizeBytes ?? 0) : 0),
        0,
      ),
      submissionsDeleted,
    };
    await count(ctx, tx, run, { ...settled, failed: settled.failed - corrected } satisfies CountChange);
    await alsoIn(tx, settled);
    return settled;
  });
}

type Gone = Extract<Fate, { fate: 'gone' }>;
type Fated = [Claim, Fate];
const isGone = (one: Fated): one is [Claim, Gone] => one[1].fate === 'gone';
type Changed = Extract<Fate, { fate: 'changed' }>;
const isChanged = (one: Fated): one is [Claim, Changed] => one[1].fate === 'changed';
const UNKNOWN: Fate = { fate: 'unknown', error: 'the store did not answer' };
const idsOf = (claim: Claim): number[] => claim.subjects.map((subject) => subject.artifactId);

async function stillOurs(
  tx: Transaction,
  source: DeletionSource,
  runId: string,
  claims: readonly Claim[],
): Promise<Claim[]> {
  const ids = await source.lockClaimed(tx, runId, claims.flatMap(idsOf));
  return claims
    .map((claim) => ({ ...claim, subjects: claim.subjects.filter(({ artifactId }) => ids.has(artifactId)) }))
    .filter((claim) => claim.subjects.length > 0);
}

function failureOf(claim: Claim, fate: Extract<Fate, { error: string }>, now: Date): Failure {
  return {
    storageKey: claim.storageKey,
    artifactIds: idsOf(claim),
    error: fate.error,
    nextAttemptAt: nextAttempt(now, claim.attempts + 1),
    keepsClaim: fate.fate === 'unknown',
  };
}

async function recordGone(
  tx: Transaction,
  source: DeletionSource,
  ctx: Context,
  { run, plan }: CleanupRun,
  gone: readonly [Claim, Gone][],
  now: Date,
): Promise<number> {
  if (gone.length === 0) return 0;
  const rows = gone.map(([claim, fate]) => {
    const [first] = claim.subjects;
    if (!first) throw new Error(`nothing refers to ${claim.storageKey}`);
    return {
      id: newId(),
      source: plan.source,
      store: ctx.storage.name,
      storageKey: claim.storageKey,
      outcome: fate.outcome,
      sizeBytes: claim.sizeBytes,
      etag: claim.etag,
      versionId: claim.versionId,
      remains: fate.remains,
      deletedAt: now,
      runId: run.id,
      planId: plan.id,
      planHash: plan.hash,
      policyVersion: plan.policyVersion,
      challengeId: first.challengeId,
      consentEventId: first.consentEventId,
      noticeId: first.noticeId,
      subjects: claim.subjects,
    } satisfies typeof receipts.$inferInsert;
  });
  await tx.insert(receipts).values(rows);
  const links = rows.map((row) => ({
    receiptId: row.id,
    artifactIds: row.subjects.map((subject) => subject.artifactId),
  }));
  return source.markDeleted(tx, links, plan.policyVersion, now);
}

/** Returns those that nobody has put back or settled meanwhile, so that none is counted twice. */
async function recordChanged(
  tx: Transaction,
  source: DeletionSource,
  runId: string,
  changed: readonly [Claim, Changed][],
): Promise<[Claim, Changed][]> {
  const ids = await source.startAfresh(
    tx,
    runId,
    changed.flatMap(([claim]) => idsOf(claim)),
  );
  const ours = changed.filter(([claim]) => idsOf(claim).some((id) => ids.has(id)));
  const sizes = ours.flatMap(([{ storageKey }, { actualSize }]) =>
    actualSize === null ? [] : [{ storageKey, sizeBytes: actualSize }],
  );
  await source.correctSizes(tx, sizes);
  return ours;
}

const OUTCOMES = { gone: 'deleted', failed: 'failed', changed: 'shrunk' } as const;

/** Returns how many objects the run had counted as failed and are something else now. */
async function writeOutcomes(tx: Transaction, planId: string, fated: readonly Fated[]): Promise<number> {
  const rows = fated.flatMap(([claim, { fate }]) =>
    fate === 'gone' || fate === 'failed' || fate === 'changed'
      ? claim.subjects.map(({ submissionId, artifactId }) => ({
          submissionId,
          artifactId,
          outcome: OUTCOMES[fate],
          reason: fate === 'changed' ? ('changed-since-plan' satisfies DeletionReason) : null,
        }))
      : [],
  );
  if (rows.length === 0) return 0;
  const settled = sql`jsonb_to_recordset(${asRecords(rows)})
    as settled("submissionId" bigint, "artifactId" bigint, outcome text, reason text)`;
  const isItem = sql`item.plan_id = ${planId}::uuid and item.submission_id = settled."submissionId"
    and item.artifact_id = settled."artifactId"`;
  const [before] = await tx.execute<{ corrected: number }>(sql`
    select count(distinct item.storage_key)::int as corrected from plan_items item, ${settled}
    where ${isItem} and item.outcome = 'failed' and settled.outcome <> 'failed'`);
  await tx.execute(sql`
    update plan_items item set outcome = settled.outcome::plan_item_outcome, outcome_reason = settled.reason
    from ${settled} where ${isItem}`);
  return before?.corrected ?? 0;
}
