import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { EventFilter } from '../event-filter';

/** An archive that may hold what a search looks for, and that the hot tier no longer has all of. */
export interface NeededArchive {
  id: string;
  tier: 'warm' | 'cold';
  /** The UTC day, or the first day of the month, in which its events became final. */
  period: string;
  part: number;
  objectKey: string;
  /** Of the object, in hex. */
  sha256: string;
  bytes: number;
  /** The range of time_started in it. */
  firstStarted: string;
  lastStarted: string;
  /** Nothing in it that the search still looks for began later. */
  reach: string;
}

export interface ArchiveRange extends Pick<EventFilter, 'from' | 'to' | 'stream'> {
  /** Only what began then or earlier. */
  until?: string | undefined;
  /** Only what began then or later. */
  since?: string | undefined;
}

/**
 * The archives that a search needs, those that reach furthest first. One whose events are all still in the hot tier is left
 * out: no prune on record covers any of them. So ask after the hot tier was read: what left it since then is on record now.
 */
export async function neededArchives(
  db: Queryable,
  { from, to, stream, until, since }: ArchiveRange,
): Promise<NeededArchive[]> {
  const [lowest, next, latest, least] = [from, to, until, since].map((instant) => instant ?? null);
  const rows = await db.execute<ArchiveRecord>(sql`
    with recursive cut_streams as (
        -- From one name to the next, past all of its cuts.
        select min(stream) as name from audit_prunes where stream is not null
        union all
        select (select min(p.stream) from audit_prunes p where p.stream > s.name) from cut_streams s where s.name is not null
      ),
      pruned as (select max(until) as until from audit_prunes where stream is null),
      limited as (select s.name as stream, (select max(p.until) from audit_prunes p where p.stream = s.name) as until from cut_streams s)
    select a.id, a.tier, a.period::text as period, a.part, a.object_key, encode(a.sha256, 'hex') as sha256, a.bytes::float8 as bytes,
      audit_encoded_time(a.first_started) as first, audit_encoded_time(a.last_started) as last,
      audit_encoded_time(case
        when a.last_started <= least(${latest}::timestamptz, ${next}::timestamptz) is not false then a.last_started
        -- Archives are wider than their segments: events are pushed long after they happened.
        else (select max(least(g.last_started, ${latest}::timestamptz, ${next}::timestamptz)) from audit_segments g
          where g.archive_id = a.id and g.first_started <= least(${latest}::timestamptz, ${next}::timestamptz))
      end) as reach
    from audit_archives a
    cross join lateral (
      -- A stream may be pruned up to an event, and not only up to an instant.
      select greatest((select until from pruned),
        (select max(l.until) + interval '1 microsecond' from limited l where l.stream = any(a.streams))) as until
    ) left_hot
    where a.state = 'verified' and a.tier <> 'hot' and a.first_started is not null
      and (${lowest}::timestamptz is null or a.last_started >= ${lowest}::timestamptz)
      and (${least}::timestamptz is null or a.last_started >= ${least}::timestamptz)
      and (${next}::timestamptz is null or a.first_started < ${next}::timestamptz)
      and (${latest}::timestamptz is null or a.first_started <= ${latest}::timestamptz)
      and (${stream ?? null}::text is null or ${stream ?? null}::text = any(a.streams))
      and (a.hot_pruned_at is not null or exists (
        select from audit_segments g
        where g.archive_id = a.id and (g.leaves is null or g.window_start < left_hot.until)))
    order by a.last_started desc, a.id`);
  const needed = rows.flatMap(({ object_key, first, last, reach, ...row }) =>
    reach === null ? [] : [{ ...row, objectKey: object_key, firstStarted: first, lastStarted: last, reach }],
  );
  return needed.sort((one, other) => (one.reach < other.reach ? 1 : one.reach > other.reach ? -1 : 0));
}

interface ArchiveRecord
  extends Omit<NeededArchive, 'objectKey' | 'firstStarted' | 'lastStarted' | 'reach'>,
    Record<string, unknown> {
  object_key: string;
  first: string;
  last: string;
  /** NULL: none of its segments has anything of it. */
  reach: string | null;
}

/** Whether an archive still counts, or was replaced or let go since it was asked for. */
export async function isStillThere(db: Queryable, id: string): Promise<boolean> {
  const rows = await db.execute(
    sql`select from audit_archives where id = ${id}::uuid and state = 'verified' limit 1`,
  );
  return rows.length > 0;
}
