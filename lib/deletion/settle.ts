import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { nextAttempt } from './backoff';
import { type CleanupRun, count, lockRun } from './cleanup-run';
import type { CountChange, FinishedCounts } from './counts';
import type { Fate, Fated } from './delete-and-verify';
import { correctSizes, markDeleted, markFailed, putBack, startAfresh } from './file-states';
import { recordOutcomes } from './record-outcomes';
import { type Gone, writeReceipts } from './record-receipts';
import { ChallengeCounts } from './run-challenges';
import {
  type Claim,
  challengeIdOf,
  type DeletionSource,
  type Failure,
  type Standing,
  sayGone,
} from './source';
import { sourceOf } from './sources';
import { transact } from './transact';

export interface Settled {
  deleted: number;
  alreadyAbsent: number;
  failed: number;
  /** Another object had the key by then; nothing was deleted. */
  shrunk: number;
  bytes: number;
  /** What is complete with it, as its source counts it. */
  finished: FinishedCounts;
  /** The rows that went with it; some of them, where they are too many for one audit event. */
  gone?: string[];
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
    const standings = await source.lockClaimed(tx, run.id, claims);
    const fated = claims.flatMap((claim) =>
      stillOurs(claim, fates.get(claim.storageKey) ?? UNKNOWN, standings),
    );
    const gone = fated.filter(isGone);
    const changed = fated.filter(isChanged);
    const failures = fated.flatMap(([claim, fate]) =>
      fate.fate === 'failed' || fate.fate === 'unknown' ? [failureOf(claim, fate, now)] : [],
    );

    const links = await writeReceipts(ctx, tx, cleanup, gone);
    await markDeleted(source, tx, links);
    await markFailed(source, tx, failures);
    await putBack(source, tx, idsWith(fated, 'untouched'));
    await recordChanged(tx, source, changed);
    const corrected = await recordOutcomes(tx, cleanup.plan, fated);
    const finished = await source.finish(
      tx,
      cleanup.plan,
      links.flatMap(({ artifactIds }) => artifactIds),
      now,
    );
    await countByChallenge(fated, corrected.failedBefore).save(tx, cleanup);

    const settled: Settled = {
      deleted: gone.filter(([, fate]) => fate.outcome === 'deleted').length,
      alreadyAbsent: gone.filter(([, fate]) => fate.outcome === 'already-absent').length,
      failed: failures.filter((failure) => !failure.keepsClaim).length,
      shrunk: changed.length,
      bytes: gone.reduce(
        (sum, [claim, fate]) => sum + (fate.outcome === 'deleted' ? (claim.sizeBytes ?? 0) : 0),
        0,
      ),
      finished: finished.counts,
      ...sayGone(finished.gone),
    };
    await count(ctx, tx, run, {
      deleted: settled.deleted,
      alreadyAbsent: settled.alreadyAbsent,
      bytes: settled.bytes,
      ...finished.counts,
      failed: settled.failed - corrected.failed,
      shrunk: settled.shrunk - corrected.shrunk,
      setAside: -corrected.setAside,
      ...countFirstTries(fated),
    } satisfies CountChange);
    await alsoIn(tx, settled);
    return settled;
  });
}

type Changed = Extract<Fate, { fate: 'changed' }>;
const isGone = (one: Fated): one is readonly [Claim, Gone] => one[1].fate === 'gone';
const isChanged = (one: Fated): one is readonly [Claim, Changed] => one[1].fate === 'changed';
const UNKNOWN: Fate = { fate: 'unknown', error: 'the store did not answer' };
const idsOf = (claim: Claim): number[] => claim.subjects.map((subject) => subject.artifactId);
const idsWith = (fated: readonly Fated[], fate: Fate['fate']): number[] =>
  fated.flatMap(([claim, one]) => (one.fate === fate ? idsOf(claim) : []));

/**
 * The claim with the subjects that are still its own. Of what was given back in between only one thing can be said: that
 * it is gone, when it is. Everything else is for whoever claims it next.
 */
function stillOurs(claim: Claim, fate: Fate, standings: ReadonlyMap<number, Standing>): Fated[] {
  const subjects = claim.subjects.filter(({ artifactId }) => {
    const standing = standings.get(artifactId);
    return standing === 'held' || (standing === 'given-back' && fate.fate === 'gone');
  });
  return subjects.length === 0 ? [] : [[{ ...claim, subjects }, fate]];
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

async function recordChanged(
  tx: Transaction,
  source: DeletionSource,
  changed: readonly (readonly [Claim, Changed])[],
): Promise<void> {
  await startAfresh(
    source,
    tx,
    changed.flatMap(([claim]) => idsOf(claim)),
  );
  const sizes = changed.flatMap(([{ storageKey }, { actualSize }]) =>
    actualSize === null ? [] : [{ storageKey, sizeBytes: actualSize }],
  );
  await correctSizes(source, tx, sizes);
}

/** What the breaker for absent files goes by (E12). A claim knows whether the store had the file right before it. */
function countFirstTries(fated: readonly Fated[]) {
  const first = fated.filter(
    ([{ attempts, mayBeAbsent }, { fate }]) =>
      attempts === 0 && !mayBeAbsent && (fate === 'gone' || fate === 'failed'),
  );
  const absent = first.filter(([{ sizeBytes }]) => sizeBytes === null);
  return { firstTried: first.length, firstTriedAbsent: absent.length };
}

function countByChallenge(
  fated: readonly Fated[],
  failedBefore: readonly (readonly (number | null)[])[],
): ChallengeCounts {
  const counts = new ChallengeCounts();
  for (const [claim, { fate }] of fated) {
    if (fate !== 'gone' && fate !== 'failed') continue;
    counts.add(claim.subjects.map(challengeIdOf), fate);
  }
  for (const challengeIds of failedBefore) counts.add(challengeIds, 'failed', -1);
  return counts;
}
