import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { exactText } from '../seal/exact-time';
import { SETTLING_MS } from '../seal/seal-events';
import { isOnDays, SEGMENT_DAY } from '../seal/segment-day';
import type { ChainLink } from '../seal/statement';
import { asManifestLink, type ManifestLink, type ManifestSegment } from './manifest';

/** A day is archived once everything is sealed that became final until so long after its end. */
export const LATE_MARGIN_MS = 60 * 60 * 1000;

/**
 * The UTC days that have ended and hold segments without an archive, the oldest first, as dates. What was removed while nothing
 * was archived (O3) has neither an archive nor leaves, and is never due.
 */
export async function dueDays({ db, clock }: Pick<Context, 'db' | 'clock'>): Promise<string[]> {
  const settled = exactText(new Date(clock.now().getTime() - SETTLING_MS));
  const rows = await db.execute<{ day: string }>(sql`
    with last as (
      select max(window_end) as at from audit_segments
    ), sealed as (
      -- Where nothing became final since the last window, there is nothing to seal until what has settled.
      select greatest(last.at, least(${settled}::timestamptz, (
        select e.time_completed from audit_events e
        where e.time_completed >= last.at
        order by e.time_completed limit 1))) - ${LATE_MARGIN_MS} * interval '1 millisecond' as until
      from last
    )
    select distinct ${SEGMENT_DAY}::text as day from audit_segments, sealed
    where archive_id is null and leaves is not null and window_end <= date_trunc('day', sealed.until, 'UTC')
    order by day`);
  return rows.map(({ day }) => day);
}

/** The next segments of a UTC day that have no archive, in the order of sealing: `events` of them, or one larger segment. */
export async function nextSegments(db: Queryable, day: string, events: number): Promise<ManifestSegment[]> {
  const rows = await db.execute<SegmentRow>(sql`
    select g.id::int as id, audit_encoded_time(g.window_start) as start, audit_encoded_time(g.window_end) as end,
      g.is_late as late, g.events, encode(g.root, 'hex') as root, s.sequence::int as sequence, s.body, s.signature
    from (
      select id, window_start, window_end, is_late, events, root, statement_sequence, sum(events) over (order by id) as total
      from audit_segments
      where archive_id is null and leaves is not null and ${isOnDays(sql`${day}::date`, sql`${day}::date + 1`)}
    ) g
    join audit_statements s on s.sequence = g.statement_sequence
    where g.total - g.events = 0 or g.total <= ${events}
    order by g.id`);
  return rows.map(({ id, start, end, late, events: count, root, sequence, body, signature }) => ({
    id,
    window: { start, end },
    late,
    events: count,
    root,
    checkpoint: asManifestLink({ sequence, body, signature }),
  }));
}

interface SegmentRow extends ChainLink, Record<string, unknown> {
  id: number;
  start: string;
  end: string;
  late: boolean;
  events: number;
  root: string;
}

/**
 * What a folder of archives needs of the chain besides the checkpoints: each key until the last of these segments, the other
 * statements since the archives before, so that all archives together hold the whole chain, each expiry of an archive that lay
 * between others that are there still, and what removed events of these segments, with all that was signed until then.
 */
export async function statementsFor(
  db: Queryable,
  segments: readonly ManifestSegment[],
): Promise<ManifestLink[]> {
  const last = Math.max(...segments.map(({ checkpoint }) => checkpoint.sequence));
  const removedBy = segments.flatMap(({ removed }) => removed?.statements ?? []);
  const furthest = Math.max(last, ...removedBy);
  const removals = sql.param(`{${removedBy.join(',')}}`);
  const rows = await db.execute<ChainLink & Record<string, unknown>>(sql`
    with oldest as (
      select min(g.id) as id from audit_segments g join audit_archives a on a.id = g.archive_id and a.state = 'verified')
    select sequence::int as sequence, body, signature from audit_statements, oldest
    where sequence > ${last} and sequence <= ${furthest} or sequence = any(${removals}::bigint[])
    or sequence < ${last} and kind <> 'checkpoint' and (
      kind = 'key'
      or kind = 'expire' and (body::jsonb #>> '{segments,-1,1}')::bigint > oldest.id
      or sequence > (select coalesce(max(statement_sequence), 0) from audit_segments where archive_id is not null))
    order by sequence`);
  return rows.map(asManifestLink);
}
