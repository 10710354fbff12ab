import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

/** What is no longer all in the hot tier (O6). Instants are UTC with microseconds, of when events were final here. */
export interface RetentionFloor {
  /** From here on there are the events of all streams; null when none of them has left as a whole. */
  from: string | null;
  /** Those of which more has gone: they are complete from later on. At most 20. */
  streams: { stream: string; from: string }[];
}

const NAMED_STREAMS = 20;

/**
 * From when on the hot tier has everything that a search asks for; null when nothing of it can be missing. By the prunes
 * on record, which are few, never by a look at the events.
 */
export async function retentionFloor(
  db: Queryable,
  { from, stream }: { from?: string | undefined; stream?: string | undefined },
): Promise<RetentionFloor | null> {
  const rows = await db.execute<{ stream: string | null; from: string }>(sql`
    select stream, audit_encoded_time(max(until)) as "from" from audit_prunes
    where until > coalesce(${from ?? null}::timestamptz, '-infinity')
      and (stream is null or ${stream ?? null}::text is null or stream = ${stream ?? null})
    group by stream
    order by max(until) desc
    limit ${NAMED_STREAMS + 1}`);
  if (rows.length === 0) return null;
  const all = rows.find((row) => row.stream === null)?.from ?? null;
  const streams = rows.flatMap((row) =>
    row.stream !== null && row.from > (all ?? '') ? [{ stream: row.stream, from: row.from }] : [],
  );
  return { from: all, streams: streams.slice(0, NAMED_STREAMS) };
}
