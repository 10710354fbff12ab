import { sql } from 'drizzle-orm';
import type { Database, Queryable } from '@/db/client';

/** Rows of one statement: locks and their WAL stay small, and others get in between. */
const BATCH = 2_000;

interface Batch extends Record<string, unknown> {
  deleted: number;
  last_time: string | null;
  last_id: string | null;
}

/** Why nothing may go any more, asked in the transaction in which it would; null: it may. */
export type MustStay = (db: Queryable) => Promise<string | null>;

export interface DeletedRows {
  rows: number;
  /** Why it ended before its time; null: it did not. */
  stopped: string | null;
}

/**
 * Deletes the oldest events in a half-open range of time_completed, in bounded batches, each a transaction of its own, `most`
 * of them altogether (O3). A crash keeps what was done. The database holds each to the prunes on record, and each is asked for
 * anew whether it may go (L7).
 */
export async function deleteRows(
  db: Database,
  { start, end }: { start: string; end: string },
  most: number,
  mustStay?: MustStay | undefined,
): Promise<DeletedRows> {
  const done: DeletedRows = { rows: 0, stopped: null };
  let after: After = { time: null, id: null };
  while (done.rows < most) {
    const size = Math.min(BATCH, most - done.rows);
    const batch = await db.transaction(async (tx) => {
      done.stopped = (await mustStay?.(tx)) ?? null;
      return done.stopped === null ? deleteBatch(tx, { start, end }, after, size) : undefined;
    });
    done.rows += batch?.deleted ?? 0;
    if (!batch?.last_time || batch.deleted < size) break;
    after = { time: batch.last_time, id: batch.last_id };
  }
  return done;
}

interface After {
  time: string | null;
  id: string | null;
}

async function deleteBatch(
  db: Queryable,
  { start, end }: { start: string; end: string },
  { time, id }: After,
  size: number,
): Promise<Batch | undefined> {
  const [batch] = await db.execute<Batch>(sql`
    select deleted, audit_encoded_time(last_time) as last_time, last_id::text as last_id
    from prune_audit_events(${start}::timestamptz, ${end}::timestamptz, ${time}::timestamptz, ${id}::uuid, ${size})`);
  return batch;
}
