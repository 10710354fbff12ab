import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

/** What is no longer in any tier (O6). Instants are UTC with microseconds, of when events were final here. */
export interface RetentionFloor {
  /** From here on there are the events of all streams; null when none of them is gone as a whole. */
  from: string | null;
  /** Those of which more is gone: they are complete from later on. At most 20. */
  streams: { stream: string; from: string }[];
}

const NAMED_STREAMS = 20;

/**
 * From when on there is everything that a search asks for; null when nothing of it is gone. By what is on record, which is
 * little, never by a look at the events: prunes without copies, and archives that have expired.
 */
export async function retentionFloor(
  db: Queryable,
  { from, stream }: { from?: string | undefined; stream?: string | undefined },
): Promise<RetentionFloor | null> {
  const [since, only] = [from ?? null, stream ?? null];
  const rows = await db.execute<{ stream: string | null; from: string }>(sql`
    with gone as (
      select p.stream, cut.until from audit_prunes p
      -- Of the instant at which a stream was cut, a part of its events may be gone.
      cross join lateral (
        select p.until + case when p.until_id is null then interval '0' else interval '1 microsecond' end as until) cut
      where p.copies = 'final' and cut.until > coalesce(${since}::timestamptz, '-infinity')
        and (p.stream is null or ${only}::text is null or p.stream = ${only})
      union all
      select null, (select max(window_end) from audit_segments g where g.archive_id = a.id) from audit_archives a
      where a.state = 'expired' and a.last_started >= coalesce(${since}::timestamptz, '-infinity')
        and (${only}::text is null or ${only} = any(a.streams))
    )
    select stream, audit_encoded_time(max(until)) as "from" from gone where until is not null
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
