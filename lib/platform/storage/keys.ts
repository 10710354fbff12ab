import { invalid } from '../errors';
import { type DeleteResult, MAX_KEYS_PER_DELETE, type StorageFailure } from './object-storage';

/** S3's limit, in bytes of UTF-8; kept everywhere, so that a store can be moved. */
export const MAX_KEY_BYTES = 1_024;

/** What no store takes as a key; NULL when the key is fine in general. */
export function whyKeyIsInvalid(key: string): string | null {
  if (key === '') return 'the key is empty';
  // A lone surrogate has no UTF-8 form: it would silently become another key.
  if (/\p{Surrogate}/u.test(key)) return 'the key is not valid Unicode';
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) return `the key has ${bytes} bytes; at most ${MAX_KEY_BYTES} are allowed`;
  return null;
}

export function invalidKey(key: string, error: string): StorageFailure {
  return { key, outcome: 'failed', kind: 'invalid-key', error, retryable: false };
}

/** The failure of a key that was still to be asked for when the caller's signal said to stop. */
export function notAsked(key: string): StorageFailure {
  const error = 'the store was not asked: the deletion was called off before';
  return { key, outcome: 'failed', kind: 'not-asked', error, retryable: true };
}

/** Refuses a batch that is too big or names a key twice, before anything is deleted. */
export function assertDeletable(keys: readonly string[]): void {
  if (keys.length > MAX_KEYS_PER_DELETE) {
    throw invalid(`${keys.length} keys in one deletion; at most ${MAX_KEYS_PER_DELETE} are allowed`);
  }
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw invalid(`the key ${JSON.stringify(key)} is in the deletion twice`);
    seen.add(key);
  }
}

/** Puts results that came in any order back into the order of the keys; a key nobody answered for has failed. */
export function inOrderOf(
  keys: readonly string[],
  results: ReadonlyMap<string, DeleteResult>,
): DeleteResult[] {
  return keys.map(
    (key) =>
      results.get(key) ?? {
        key,
        outcome: 'failed',
        kind: 'other',
        error: 'the store did not say what became of it',
        retryable: true,
      },
  );
}
