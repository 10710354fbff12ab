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
 * little, never by a look at the events: the last prunes without copies, however many there were, and archives that have expired.
 */
export async function retentionFloor(
  db: Queryable,
  { from, stream }: { from?: string | undefined; stream?: string | undefined },
): Promise<RetentionFloor | null> {
  const [since, only] = [from ?? null, stream ?? null];
  const rows = await db.execute<{ stream: string | null; from: string }>(sql`
    with recursive cut_streams as (
      -- From one name to the next, past all of its cuts.
      select min(stream) as name from audit_prunes where stream is not null and copies = 'final'
      union all
      select (select min(p.stream) from audit_prunes p where p.stream > s.name and p.copies = 'final')
      from cut_streams s where s.name is not null
    ), last_prunes as (
      select null as stream, (select max(until) from audit_prunes where stream is null and copies = 'final') as until
      union all
      select s.name, last.until from cut_streams s
      cross join lateral (
        -- Of the instant at which a stream was cut, a part of its events may be gone.
        select p.until + case when p.until_id is null then interval '0' else interval '1 microsecond' end as until
        from audit_prunes p where p.stream = s.name and p.copies = 'final'
        order by p.until desc, p.until_id desc nulls last
        limit 1
      ) last
      where ${only}::text is null or s.name = ${only}
    ), expired as (
      select id, tier, period from audit_archives
      where state = 'expired' and last_started >= coalesce(${since}::timestamptz, '-infinity')
        and (${only}::text is null or ${only} = any(streams))
    ), gone as (
      select stream, until from last_prunes where until > coalesce(${since}::timestamptz, '-infinity')
      union all
      -- All that is in an archive became final in its period, so none but the last ones of each tier reach furthest.
      select null, max(g.window_end) from audit_segments g
      where g.archive_id in (
        select e.id from expired e where e.period = (select max(o.period) from expired o where o.tier = e.tier))
    )
    select stream, audit_encoded_time(max(until)) as "from" from gone where until is not null
    group by stream
    order by stream is not null, max(until) desc
    limit ${NAMED_STREAMS + 1}`);
  if (rows.length === 0) return null;
  const all = rows.find((row) => row.stream === null)?.from ?? null;
  const streams = rows.flatMap((row) =>
    row.stream !== null && row.from > (all ?? '') ? [{ stream: row.stream, from: row.from }] : [],
  );
  return { from: all, streams: streams.slice(0, NAMED_STREAMS) };
}
