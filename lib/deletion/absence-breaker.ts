import type { Queryable } from '@/db/client';
import { formatCount, formatNumber } from '@/lib/platform/format';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { SETTINGS } from '@/lib/settings/catalogue';
import { readSetting } from '@/lib/settings/read-setting';
import type { CleanupCounts } from './counts';
import { TRIED_BEFORE_ERROR_RATE } from './error-breaker';
import type { Claim } from './source';

type Tried = Pick<CleanupCounts, 'firstTried' | 'firstTriedAbsent'>;

/**
 * Why these claims must not be made (E12), in a sentence: with them too many of the files that the run has tried were not in
 * the store, which may then be the wrong one, or emptied; null when they may. Asked before the claims are committed, so
 * nothing of them has to be taken back. Files whose deletion failed before are left out, for they may rightly be gone.
 */
export async function whyTooManyAreAbsent(
  db: Queryable,
  storage: ObjectStorage,
  counts: Tried,
  claims: readonly Pick<Claim, 'attempts' | 'sizeBytes' | 'mayBeAbsent'>[],
): Promise<string | null> {
  const first = claims.filter(({ attempts, mayBeAbsent }) => attempts === 0 && !mayBeAbsent);
  const absentNow = first.filter(({ sizeBytes }) => sizeBytes === null).length;
  if (absentNow === 0) return null;
  const tried = counts.firstTried + first.length;
  const absent = counts.firstTriedAbsent + absentNow;
  if (tried < TRIED_BEFORE_ERROR_RATE) return null;
  const limit = await readSetting(db, 'cleanup.max-absent-percent');
  if (absent * 100 <= tried * limit) return null;
  return (
    `${formatNumber(absent)} of ${formatCount(tried, 'file')} are not in ${storage.describe()}: is it the right one? ` +
    `The setting “${SETTINGS['cleanup.max-absent-percent'].title}” allows ${limit}%.`
  );
}
