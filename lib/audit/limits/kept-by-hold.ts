import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

export interface ActiveHolds {
  count: number;
  /** Of the one that was placed first. */
  matter: string;
}

/**
 * The active holds on a stream; null: there is none. While there is one, nothing of the stream goes but what a verified
 * archive has, and no archive that holds events of it expires. To decide on it, hold the lock of sealing: whoever places a
 * hold takes that first.
 */
export async function keptByHold(db: Queryable, stream: string): Promise<ActiveHolds | null> {
  const [row] = await db.execute<{ count: number; matter: string | null }>(sql`
    select count(*)::int as count, (array_agg(matter order by placed_at, id))[1] as matter
    from audit_stream_holds where stream = ${stream} and released_at is null`);
  return row?.matter == null ? null : { count: row.count, matter: row.matter };
}

/** The streams with an active hold, in order: an archive that names one of them among its streams does not expire. */
export async function heldStreams(db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ stream: string }>(
    sql`select distinct stream from audit_stream_holds where released_at is null order by stream`,
  );
  return rows.map(({ stream }) => stream);
}
