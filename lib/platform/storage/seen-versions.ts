import type { ObjectInfo, SeenVersion, StorageFailure } from './object-storage';

type Version = Pick<ObjectInfo, 'etag' | 'versionId'>;

/** Whether the object that is there now is another one than was seen. What the store does not say is no difference. */
export function isAnother(seen: SeenVersion, now: Version): boolean {
  if (seen === 'absent') return true;
  return differ(seen.etag, now.etag) || differ(seen.versionId, now.versionId);
}

const differ = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;

/** The answer for an object that was left alone, because it is another one than was seen. */
export function changed(key: string): StorageFailure {
  const error = 'the object is not the one that was seen any more, and was left alone';
  return { key, outcome: 'failed', kind: 'changed', error, retryable: false };
}
