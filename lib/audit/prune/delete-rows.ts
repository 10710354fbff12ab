import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';

/** Rows of one statement: locks and their WAL stay small, and others get in between. */
const BATCH = 2_000;

interface Batch extends Record<string, unknown> {
  deleted: number;
  last_time: string | null;
  last_id: string | null;
}

/**
 * Deletes the oldest events in a half-open range of time_completed, in bounded batches, each a transaction of its own, `most`
 * of them altogether (O3); returns how many. A crash keeps what was done. The database holds each to the prunes on record.
 */
export async function deleteRows(
  db: Database,
  { start, end }: { start: string; end: string },
  most: number,
): Promise<number> {
  let deleted = 0;
  let after: After = { time: null, id: null };
  while (deleted < most) {
    const size = Math.min(BATCH, most - deleted);
    const batch = await deleteBatch(db, { start, end }, after, size);
    deleted += batch?.deleted ?? 0;
    if (!batch?.last_time || batch.deleted < size) break;
    after = { time: batch.last_time, id: batch.last_id };
  }
  return deleted;
}

interface After {
  time: string | null;
  id: string | null;
}

async function deleteBatch(
  db: Database,
  { start, end }: { start: string; end: string },
  { time, id }: After,
  size: number,
): Promise<Batch | undefined> {
  const [batch] = await db.execute<Batch>(sql`
    select deleted, audit_encoded_time(last_time) as last_time, last_id::text as last_id
    from prune_audit_events(${start}::timestamptz, ${end}::timestamptz, ${time}::timestamptz, ${id}::uuid, ${size})`);
  return batch;
}
