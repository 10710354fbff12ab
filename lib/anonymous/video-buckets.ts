import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';

/**
 * What stands for the bucket of a composed video of which nobody said it. It is no name of the store of Lapse, so the video counts
 * as one in another bucket and is held back, unless the operator says in LAPSE_BUCKET_NAMES that this one is.
 */
export const UNKNOWN_BUCKET = 'unknown';

/** Where a meeting was recorded, the video of it was composed: by meeting the one bucket that all of its recordings name. */
const BUCKETS = (meetingIds: SQL): SQL => sql`
  select meeting_id, min(bucket_name) as bucket_name from recordings
  where meeting_id in (${meetingIds}) group by meeting_id having count(distinct bucket_name) = 1`;

export async function bucketsOfMeetings(
  tx: Transaction,
  meetingIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.execute<{ meeting_id: string; bucket_name: string }>(BUCKETS(idsOf(meetingIds)));
  return new Map(rows.map((row) => [row.meeting_id, row.bucket_name]));
}

/** Gives videos that came before the recordings of their meeting the bucket of these. */
export async function nameBucketsOfVideos(tx: Transaction, meetingIds: readonly string[]): Promise<void> {
  if (meetingIds.length === 0) return;
  await tx.execute(sql`
    update anonymous_files f set bucket_name = known.bucket_name
    from (${BUCKETS(idsOf(meetingIds))}) known
    where f.meeting_id = known.meeting_id and f.kind = 'composed_video' and f.bucket_name = ${UNKNOWN_BUCKET}
      and f.state in ('present', 'failed')`);
}
