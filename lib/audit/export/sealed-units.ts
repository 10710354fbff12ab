import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { EventFilter } from '../event-filter';
import { eachLeaf } from '../seal/merkle-tree';
import type { ClosedWindow } from './closed-window';

/** Some sealed windows, one after the other: what is read at once. Half-open, of when events became final. */
export interface SealedUnit {
  start: string;
  end: string;
  /** Bytes of an event on average. */
  eventBytes: number;
}

/** As much as is sorted in memory, about; a window with more is a unit by itself. */
const EVENTS = 20_000;
const BYTES = 32 * 1024 * 1024;
const WINDOWS = 2_000;

/** The next unit at or after an instant that may hold what a filter lets through; null when there is none. */
export async function nextUnit(
  db: Queryable,
  { from: started, to: until }: Pick<EventFilter, 'from' | 'to'>,
  { to, closing }: ClosedWindow,
  at: string,
): Promise<SealedUnit | null> {
  const [row] = await db.execute<UnitRow>(sql`
    with windows as (
      select window_start, window_end, sum(events) as events, sum(bytes) as bytes from audit_segments
      where id <= ${closing} and window_start < ${to}::timestamptz and window_end > ${at}::timestamptz
        -- Windows follow each other, so none that began before the one around the instant reaches it.
        and window_start >= coalesce((select max(window_start) from audit_segments
          where id <= ${closing} and window_start <= ${at}::timestamptz), '-infinity')
        and ${isWithin(started, until)}
      group by window_start, window_end
      order by window_start
      limit ${WINDOWS}
    ), summed as (
      select *, sum(events) over (order by window_start) as all_events, sum(bytes) over (order by window_start) as all_bytes
      from windows
    )
    select audit_encoded_time(min(window_start)) as start, audit_encoded_time(max(window_end)) as end,
      (sum(bytes) / greatest(sum(events), 1))::float8 as event_bytes
    from summed
    where all_events = events or (all_events <= ${EVENTS} and all_bytes <= ${BYTES})`);
  if (!row?.start || !row.end) return null;
  return { start: row.start, end: row.end, eventBytes: row.event_bytes };
}

interface UnitRow extends Record<string, unknown> {
  start: string | null;
  end: string | null;
  event_bytes: number;
}

const isWithin = (started: string | undefined, until: string | undefined): SQL => sql`
  (${started ?? null}::timestamptz is null or last_started >= ${started ?? null}::timestamptz)
  and (${until ?? null}::timestamptz is null or first_started < ${until ?? null}::timestamptz)`;

/** How a row of the hot tier stands to a window that was closed by a segment. */
export type Standing = 'in time' | 'late' | 'unknown';

/**
 * Tells by their hashes which rows of a unit were sealed in time. To be asked for before the rows: a segment keeps its leaves for
 * as long as it has rows in the hot tier.
 */
export async function standings(
  db: Queryable,
  { start, end }: SealedUnit,
  closing: number,
): Promise<(leaf: Buffer) => Standing> {
  const segments = await db.execute<{ is_late: boolean; leaves: Buffer }>(sql`
    select id > ${closing} as is_late, leaves from audit_segments
    where window_start >= ${start}::timestamptz and window_start < ${end}::timestamptz and leaves is not null`);
  const known = new Map<string, Standing>();
  for (const { is_late, leaves } of segments) {
    for (const leaf of eachLeaf(leaves)) known.set(keyOf(leaf), is_late ? 'late' : 'in time');
  }
  return (leaf) => known.get(keyOf(leaf)) ?? 'unknown';
}

const keyOf = (leaf: Uint8Array): string => Buffer.from(leaf).toString('latin1');
