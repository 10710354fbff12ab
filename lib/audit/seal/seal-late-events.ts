import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import type { ChainKeys } from './append-statement';
import { exactText } from './exact-time';
import { eachLeaf } from './merkle-tree';
import { lockSealing, writeSegment } from './seal-events';
import { segmentOf, type Window } from './segment-of';

export interface LateSealed {
  segments: number;
  events: number;
  /** Where the next call goes on, the exact end of a window; null: all windows were looked at. */
  next: string | null;
}

/** Windows of one call. */
const WINDOWS = 1000;

/**
 * Seals events that were committed into a window after it had been closed, such as by a transaction that took long: their
 * window gets a further segment. Looks at the windows that end after `since`, at most `windows` of them, and at what lies before
 * the first one.
 */
export async function sealLateEvents(
  ctx: Context,
  { keys, since, windows = WINDOWS }: { keys: ChainKeys; since: Date | string; windows?: number },
): Promise<LateSealed> {
  const done: LateSealed = { segments: 0, events: 0, next: null };
  const unlike = await unlikeTheirSegments(
    ctx,
    typeof since === 'string' ? since : exactText(since),
    windows,
  );
  if (unlike.length === windows) done.next = unlike.at(-1)?.end ?? null;
  const seal = async (window: Window) => {
    const events = await ctx.db.transaction((tx) => sealUnknown(ctx, tx, window, keys));
    done.segments += events > 0 ? 1 : 0;
    done.events += events;
    return events;
  };
  // Backwards, so that there is no gap between windows wherever it is cut off.
  for (let window = await beforeTheFirst(ctx); window; window = await beforeTheFirst(ctx)) {
    if ((await seal(window)) === 0) break;
  }
  for (const window of unlike) await seal(window);
  return done;
}

/**
 * The window that ends where the first one begins, with the events of the last UTC day before that; null when there are none.
 * It begins at the end of the day of the events before those, or with the very first event.
 */
async function beforeTheFirst(ctx: Context): Promise<Window | null> {
  const [row] = await ctx.db.execute<{ start: string | null; end: string | null }>(sql`
    with first as (
      select min(window_start) as at from audit_segments
    ), day as (
      select first.at, date_trunc('day', (
        select e.time_completed from audit_events e
        where e.time_completed < first.at
        order by e.time_completed desc limit 1), 'UTC') as begins
      from first
    )
    select audit_encoded_time(day.at) as end, audit_encoded_time(coalesce(
      date_trunc('day', (
        select e.time_completed from audit_events e
        where e.time_completed < day.begins
        order by e.time_completed desc limit 1), 'UTC') + interval '24 hours',
      (select e.time_completed from audit_events e
        where e.time_completed >= day.begins and e.time_completed < day.at
        order by e.time_completed limit 1)
    )) as start
    from day`);
  return row?.start && row.end ? { start: row.start, end: row.end } : null;
}

/** The windows whose number of events is not that of their segments, the oldest first. */
async function unlikeTheirSegments(ctx: Context, since: string, most: number): Promise<Window[]> {
  const rows = await ctx.db.execute<{ start: string; end: string }>(sql`
    select audit_encoded_time(w.window_start) as start, audit_encoded_time(w.window_end) as end
    from (
      select window_start, window_end, sum(events) as events from audit_segments
      where window_end > ${since}::timestamptz
      group by window_start, window_end
    ) w
    where w.events <> (
      select count(*) from audit_events e
      where e.time_completed >= w.window_start and e.time_completed < w.window_end)
      -- As many may have come as the limits of a stream removed.
      or exists (
        select from audit_prunes p
        where p.stream is not null and p.since < w.window_end and p.until >= w.window_start)
    order by w.window_start
    limit ${most}`);
  return [...rows];
}

async function sealUnknown(ctx: Context, tx: Transaction, window: Window, keys: ChainKeys): Promise<number> {
  await lockSealing(tx);
  const known = await knownLeaves(tx, window);
  const rows = await tx.execute<{ id: string; leaf: Buffer }>(sql`
    select e.id, sha256('\\x00'::bytea || audit_event_encoding(e)) as leaf from audit_events e
    where e.time_completed >= ${window.start}::timestamptz and e.time_completed < ${window.end}::timestamptz
    order by e.time_completed, e.id`);
  const unknown = rows.filter(({ leaf }) => !known.has(leaf.toString('base64'))).map(({ id }) => id);
  if (unknown.length === 0) return 0;
  const only = sql`e.id = any(${sql.param(`{${unknown.join(',')}}`)}::uuid[])`;
  const { events, ...facts } = await segmentOf(tx, window, only);
  await writeSegment(tx, { keys, now: ctx.clock.now(), window, late: true, events, ...facts });
  return events;
}

async function knownLeaves(tx: Transaction, window: Window): Promise<Set<string>> {
  const segments = await tx.execute<{ leaves: Buffer | null }>(sql`
    select leaves from audit_segments
    where window_start = ${window.start}::timestamptz and window_end = ${window.end}::timestamptz`);
  const known = new Set<string>();
  for (const { leaves } of segments) {
    for (const leaf of eachLeaf(leaves ?? Buffer.alloc(0))) known.add(Buffer.from(leaf).toString('base64'));
  }
  return known;
}

/**
 * Where to begin to look at all that the hot tier has, for what came later than `lateSince` finds, such as with a clock that
 * was set back: an instant before its oldest final event; null when there is none.
 */
export async function sinceTheOldest(ctx: Context): Promise<string | null> {
  const [row] = await ctx.db.execute<{ since: string | null }>(
    sql`select audit_encoded_time(min(time_completed) - interval '1 second') as since from audit_events`,
  );
  return row?.since ?? null;
}

/** How far back a run looks for late events: longer than any transaction of the product lives. */
export const LATE_WITHIN_MS = 6 * 60 * 60 * 1000;

export const lateSince = (now: Date): Date => new Date(now.getTime() - LATE_WITHIN_MS);
