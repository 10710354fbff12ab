export type ArchivedTier = 'warm' | 'cold';

/** Where the archives lie in the storage. */
export const ARCHIVE_PREFIX = 'audit/';

/**
 * The keys of an archive: audit/warm/2026/11/20.1.parquet for a day, audit/cold/2026/11.1.parquet for a month, and
 * .manifest.json beside each. `period` is a date, of a month its first day.
 */
export function archiveKeys(
  tier: ArchivedTier,
  period: string,
  part: number,
): { objectKey: string; manifestKey: string; name: string } {
  const [year, month, day] = period.split('-');
  const place = tier === 'warm' ? `${year}/${month}/${day}` : `${year}/${month}`;
  const stem = `${ARCHIVE_PREFIX}${tier}/${place}.${part}`;
  const name = `${stem.slice(stem.lastIndexOf('/') + 1)}.parquet`;
  return { objectKey: `${stem}.parquet`, manifestKey: `${stem}.manifest.json`, name };
}
