import { LapseError } from '@/lib/platform/errors';
import type {
  DeleteResult,
  ObjectStorage,
  SeenVersion,
  StatResult,
  StorageFailureKind,
} from '@/lib/platform/storage/object-storage';
import { isAnother } from '@/lib/platform/storage/seen-versions';
import type { Claim } from './source';

/** What became of one claimed object. */
export type Fate =
  | { fate: 'gone'; outcome: 'deleted' | 'already-absent'; remains: string | null }
  /** It is still there, or the store says that its going is not safe yet. */
  | { fate: 'failed'; error: string }
  /** Another object has its key by now, and was left alone; size null: the store does not say. */
  | { fate: 'changed'; actualSize: number | null }
  /** Nothing was done to it, because nothing could be done to any. */
  | { fate: 'untouched' }
  /** The store was asked and did not answer, so it may be gone: only the store can settle that. */
  | { fate: 'unknown'; error: string };

export type Fated = readonly [Claim, Fate];

export interface Deletion {
  fates: Map<string, Fate>;
  /** Not null: the whole store could not be used, in words. */
  storeDown: string | null;
}

/**
 * Deletes the claimed objects, outside of any transaction, and then asks the store whether they are gone. Only the version
 * that was seen before the claim goes: what somebody has put in its place since is not what the receipt would name. Once
 * `signal` is aborted nothing further is deleted.
 */
export async function deleteAndVerify(
  storage: ObjectStorage,
  claims: readonly Claim[],
  signal: AbortSignal,
): Promise<Deletion> {
  // What was absent is not deleted again, unless an earlier failure left it unsafe on the disk of a folder.
  const toDelete = claims.filter((claim) => claim.sizeBytes !== null || claim.attempts > 0);
  const results = await deleteAll(storage, toDelete, signal);
  const stats = await statAll(
    storage,
    claims.map((claim) => claim.storageKey),
  );
  const storeDown = await whyStoreIsDown(storage, [...stats.values()]);
  const fates = new Map(
    claims.map((claim) => {
      const fate = fateOf(claim, results.get(claim.storageKey), stats.get(claim.storageKey));
      const untouched = storeDown !== null && fate.fate === 'failed';
      return [claim.storageKey, untouched ? { fate: 'untouched' as const } : fate];
    }),
  );
  return { fates, storeDown };
}

function fateOf(claim: Claim, result: DeleteResult | undefined, stat: StatResult | undefined): Fate {
  const failed = result?.outcome === 'failed' ? result : null;
  if (failed?.kind === 'changed') return changedTo(stat);
  // Without its folder or bucket a store did nothing; the next batch finds out what can be reached.
  if (failed?.kind === 'not-asked' || failed?.kind === 'store-missing') return { fate: 'untouched' };
  // 'unreachable' leaves open whether the store acted, so what it says now is the answer. Other failures are answers.
  if (failed && failed.kind !== 'unreachable') return { fate: 'failed', error: failed.error };
  if (!stat || stat.outcome === 'failed') {
    return { fate: 'unknown', error: stat?.error ?? 'the store did not answer' };
  }
  if (stat.outcome === 'present') {
    // Whoever got an answer saw it go, and something has come since; the others have never had this object.
    if (result?.outcome !== 'deleted' && isAnother(versionOf(claim), stat)) return changedTo(stat);
    return { fate: 'failed', error: failed?.error ?? 'the file is still there after its deletion' };
  }
  const answered = result && result.outcome !== 'failed' ? result : null;
  const wasThere = claim.sizeBytes !== null && answered?.outcome !== 'already-absent';
  return {
    fate: 'gone',
    outcome: wasThere ? 'deleted' : 'already-absent',
    remains: answered?.remains ?? null,
  };
}

/** The version that was seen before the claim. */
export const versionOf = (claim: Claim): SeenVersion => (claim.sizeBytes === null ? 'absent' : claim);

export const changedTo = (stat: StatResult | undefined): Fate => ({
  fate: 'changed',
  actualSize: stat?.outcome === 'present' ? stat.sizeBytes : null,
});

/** `stat` of every key; a store that throws has answered for none. */
export async function statAll(
  storage: ObjectStorage,
  keys: readonly string[],
): Promise<Map<string, StatResult>> {
  if (keys.length === 0) return new Map();
  try {
    return await storage.stat(keys);
  } catch (error) {
    const message = unavailableMessage(error);
    return new Map(keys.map((key) => [key, unreachable(key, message)]));
  }
}

async function deleteAll(
  storage: ObjectStorage,
  claims: readonly Claim[],
  signal: AbortSignal,
): Promise<Map<string, DeleteResult>> {
  if (claims.length === 0) return new Map();
  const seen = new Map(claims.map((claim) => [claim.storageKey, versionOf(claim)]));
  const keys = [...seen.keys()];
  try {
    return new Map((await storage.delete(keys, seen, signal)).map((result) => [result.key, result]));
  } catch (error) {
    const message = unavailableMessage(error);
    return new Map(keys.map((key) => [key, unreachable(key, message)]));
  }
}

const STORE_WIDE: readonly StorageFailureKind[] = ['store-missing', 'unreachable', 'forbidden', 'busy'];

/** Why the whole store cannot be used, in words; null when it can, even if it answers for none of these keys. */
export async function whyStoreIsDown(
  storage: ObjectStorage,
  answers: readonly StatResult[],
): Promise<string | null> {
  if (answers.length === 0) return null;
  if (!answers.every((one) => one.outcome === 'failed' && STORE_WIDE.includes(one.kind))) return null;
  try {
    await storage.check();
    return null;
  } catch (error) {
    return unavailableMessage(error);
  }
}

const unreachable = (key: string, error: string) =>
  ({ key, outcome: 'failed', kind: 'unreachable', error, retryable: true }) as const;

/** The words of a store that is down; anything else that is thrown is a fault and goes on. */
function unavailableMessage(error: unknown): string {
  if (error instanceof LapseError && error.code === 'unavailable') return error.message;
  throw error;
}
