import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { addDays } from '@/lib/platform/clock';
import { prunableUntil } from '../prune/permit';
import { exactText } from '../seal/exact-time';
import { hotPeriod, type TierPolicy } from './tier-policy';

export interface MovedDay {
  /** The UTC day as a date; of monthly archives, the first of the month. */
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
    toCold: await archivesReaching(db, ['warm'], at, before.warmDays, after.warmDays),
    expired: await archivesReaching(db, ['warm', 'cold'], at, before.coldDays, after.coldDays),
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
    select (window_start at time zone 'UTC')::date::text as day, sum(events)::text as events, sum(bytes)::text as bytes
    from audit_segments
    where leaves is not null and window_start < ${until}::timestamptz and window_end <= ${until}::timestamptz
      and (${from}::timestamptz is null or window_end > ${from}::timestamptz) and ${wanted[which]}
    group by 1 having sum(events) > 0
    order by 1`);
  return summed(rows);
}

/** Archives whose whole month is past a limit of days at `at` that was not past the other one; null: no limit. */
async function archivesReaching(
  db: Queryable,
  tiers: readonly ('warm' | 'cold')[],
  at: Date,
  before: number | null,
  after: number | null,
): Promise<Moved> {
  if (after === null) return NOTHING;
  const limit = (days: number | null) => (days === null ? null : addDays(at, -days).toISOString());
  const rows = await db.execute<Row>(sql`
    select date_trunc('month', period)::date::text as day, coalesce(sum(events), 0)::text as events,
      coalesce(sum(bytes), 0)::text as bytes
    from audit_archives,
      lateral (select (date_trunc('month', period) + interval '1 month') at time zone 'UTC' as ends) month
    where state = 'verified' and tier in (${sql.join(
      tiers.map((tier) => sql`${tier}`),
      sql`, `,
    )})
      and ends <= ${limit(after)}::timestamptz
      and (${limit(before)}::timestamptz is null or ends > ${limit(before)}::timestamptz)
    group by 1
    order by 1`);
  return summed(rows);
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
