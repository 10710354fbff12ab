import type { DeleteResult, SeenVersion } from './object-storage';
import type { S3Deletion } from './s3-deletion';
import { remainsAfter } from './s3-versioning';
import { changed, isAnother } from './seen-versions';

/**
 * Looks right before a deletion whether the objects are still the ones that were seen, and gives the results of those
 * that do not go: changed, gone, or not answered for. AWS compares by itself, in the same step as it deletes, and is not
 * asked (it would be one more request for each object). Who else speaks S3 often ignores the condition and deletes all
 * the same, and nothing in the answer tells; so there each object is looked at, which costs as much as the `stat` before.
 *
 * What was absent is looked at everywhere and never deleted: there is no version to make a condition of.
 */
export async function lookAgain(
  { seen, keepsConditions, versioning, look }: S3Deletion,
  keys: readonly string[],
): Promise<Map<string, DeleteResult>> {
  const results = new Map<string, DeleteResult>();
  const doubtful = keys.filter((key) => needsLook(seen.get(key), keepsConditions));
  if (doubtful.length === 0) return results;
  for (const [key, stat] of await look(doubtful)) {
    const version = seen.get(key);
    if (stat.outcome === 'failed') results.set(key, stat);
    else if (stat.outcome === 'absent') {
      results.set(key, { key, outcome: 'already-absent', remains: remainsAfter(versioning, false) });
    } else if (version && isAnother(version, stat)) results.set(key, changed(key));
  }
  return results;
}

/** An object without an etag has no condition to send, at AWS either. */
const needsLook = (version: SeenVersion | undefined, keepsConditions: boolean): boolean =>
  version !== undefined && (!keepsConditions || version === 'absent' || version.etag === null);
