import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { addDays } from '@/lib/platform/clock';
import { prunableUntil } from '../prune/permit';
import { exactText } from '../seal/exact-time';
import { SEGMENT_DAY } from '../seal/segment-day';
import { hotPeriod, type TierPolicy } from './tier-policy';

export interface MovedDay {
  /** The UTC day as a date; the first one of a month, where a whole month moves. */
  day: string;
  events: number;
  bytes: number;
}

/** What would leave one place earlier by a change than without it. */
export interface Moved {
  events: number;
  /** Of the hot tier, the summed length of the sealed events; of archives, of the objects. */
  bytes: number;
  /** The oldest first, at most DAYS_SHOWN of them. */
  days: MovedDay[];
  /** All of them. */
  dayCount: number;
}

/** What one policy does at an instant that another one would not do then. */
export interface Moves {
  at: Date;
  /** Out of the hot tier into archives that were verified. */
  toArchives: Moved;
  /** Out of the hot tier for good: there is no copy of it. */
  gone: Moved;
  /** Old enough as well, but it stays: not all of it, or of what is before it, is in a verified archive yet. */
  waiting: Moved;
  /** From daily archives into monthly ones. */
  toCold: Moved;
  /** Archives that expire: the events in them are gone for good. */
  expired: Moved;
}

export const DAYS_SHOWN = 62;

/**
 * What `after` does at `at` that `before` would not, by what is sealed and archived now: exact to the windows of sealing, as the
 * prune itself is, from segments and archives alone. Days that come until then are not in it.
 */
export async function movesBetween(
  db: Queryable,
  { at, before, after }: { at: Date; before: TierPolicy; after: TierPolicy },
): Promise<Moves> {
  const [old, reach] = [await reachOf(db, before, at), await reachOf(db, after, at)];
  // Where nothing more is archived, what has a copy already keeps it.
  const archived = await leaving(db, old.until, reach.until, after.archive ? 'all' : 'archived');
  const gone = after.archive ? NOTHING : await leaving(db, old.until, reach.until, 'unarchived');
  const waiting = after.archive
    ? await leaving(db, later(old.cutoff, reach.until), reach.cutoff, 'all')
    : NOTHING;
  return {
    at,
    toArchives: archived,
    gone,
    waiting,
    toCold: await compacting(db, at, before.warmDays, after.warmDays),
    expired: await expiring(db, at, before.coldDays, after.coldDays),
  };
}

export const NOTHING: Moved = { events: 0, bytes: 0, days: [], dayCount: 0 };

/** Until when (exclusive, of time_completed) a policy prunes at `at`, and what it holds for old enough; as exact text. */
async function reachOf(db: Queryable, policy: TierPolicy, at: Date) {
  const cutoff = addDays(at, -hotPeriod(policy));
  const until = await prunableUntil(db, cutoff, policy.archive ? 'archived' : 'final');
  return { cutoff: exactText(cutoff), until };
}

/** Both have the same form, whose order is that of time. */
const later = (one: string, other: string | null): string => (other !== null && other > one ? other : one);

/** What is sealed and still in the hot tier, in the windows that end after `from` and by `until`. */
async function leaving(
  db: Queryable,
  from: string | null,
  until: string | null,
  which: 'all' | 'archived' | 'unarchived',
): Promise<Moved> {
  if (until === null || (from !== null && from >= until)) return NOTHING;
  const wanted = {
    all: sql`true`,
    archived: sql`archive_id is not null`,
    unarchived: sql`archive_id is null`,
  };
  const rows = await db.execute<Row>(sql`
    select ${SEGMENT_DAY}::text as day, sum(events)::text as events, sum(bytes)::text as bytes
    from audit_segments
    where leaves is not null and window_start < ${until}::timestamptz and window_end <= ${until}::timestamptz
      and (${from}::timestamptz is null or window_end > ${from}::timestamptz) and ${wanted[which]}
    group by 1 having sum(events) > 0
    order by 1`);
  return summed(rows);
}

/** Daily archives whose month is over for so many days, as lib/audit/archive/compact-due finds them. */
async function compacting(db: Queryable, at: Date, before: number, after: number): Promise<Moved> {
  const rows = await db.execute<Row>(sql`
    select month::date::text as day, sum(events)::text as events, sum(bytes)::text as bytes
    from audit_archives, lateral (select date_trunc('month', period::timestamp) as month) of,
      lateral (select (month + interval '1 month') at time zone 'UTC' as ends) till
    where state = 'verified' and tier = 'warm' and ${isReached(sql`ends`, at, before, after)}
    group by 1 order by 1`);
  return summed(rows);
}

/** Archives whose last event is so old, as lib/audit/archive/expire-due finds them; those of a stream with a hold stay. */
async function expiring(
  db: Queryable,
  at: Date,
  before: number | null,
  after: number | null,
): Promise<Moved> {
  if (after === null) return NOTHING;
  const rows = await db.execute<Row>(sql`
    select period::text as day, sum(a.events)::text as events, sum(a.bytes)::text as bytes
    from audit_archives a,
      lateral (select max(window_end) as ends from audit_segments where archive_id = a.id) till
    where state = 'verified' and ${isReached(sql`ends`, at, before, after)}
      and not exists (
        select from audit_stream_holds h where h.released_at is null and h.stream = any (a.streams))
    group by 1 order by 1`);
  return summed(rows);
}

/** Whether an end is so many days past at `at`, and would not be with the days of before; null: never. */
function isReached(ends: SQL, at: Date, before: number | null, after: number): SQL {
  const limit = (days: number) => sql`${addDays(at, -days).toISOString()}::timestamptz`;
  const isNew = before === null ? sql`true` : sql`${ends} > ${limit(before)}`;
  return sql`${ends} <= ${limit(after)} and ${isNew}`;
}

interface Row extends Record<string, unknown> {
  day: string;
  events: string;
  bytes: string;
}

function summed(rows: readonly Row[]): Moved {
  const days = rows.map(({ day, events, bytes }) => ({ day, events: Number(events), bytes: Number(bytes) }));
  return {
    events: days.reduce((sum, { events }) => sum + events, 0),
    bytes: days.reduce((sum, { bytes }) => sum + bytes, 0),
    days: days.slice(0, DAYS_SHOWN),
    dayCount: days.length,
  };
}
