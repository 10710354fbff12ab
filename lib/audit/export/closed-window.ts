import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { conflict, invalid } from '@/lib/platform/errors';
import { LATE_MARGIN_MS } from '../archive/due-segments';
import { mayReadLog } from '../may-read-log';

/**
 * A half-open window [from, to) of when events became final here, of which it is settled for good what is in it: the events of
 * segments up to `closing`. Instants are UTC with microseconds.
 */
export interface ClosedWindow {
  from: string;
  to: string;
  /** The id of the segment that closed it: the first one that reaches an hour beyond its end. */
  closing: number;
  /** Up to which windows are closed now. */
  horizon: string;
  /** Events that came into it, or were sealed in it, after it was closed; they are in no export of it. */
  lateEvents: number;
}

/**
 * Closes a window. Without an end it reaches to the horizon, which lies an hour before the end of what is sealed: by then what
 * was committed late has been sealed as well. Without a beginning it has everything before. Throws 'invalid' for an end beyond the
 * horizon, and 'conflict' while there is none.
 */
export async function closedWindow(
  db: Queryable,
  asked: { from?: string | undefined; to?: string | undefined },
): Promise<ClosedWindow> {
  const horizon = await horizonOf(db);
  if (horizon === null) {
    throw conflict(
      'Nothing can be exported yet: what became final is in an export about an hour later, once that hour is sealed.',
    );
  }
  const to = asked.to ?? horizon;
  if (to > horizon) throw beyond(to, horizon);
  const [row] = await db.execute<{ closing: number; first: string; late: number }>(sql`
    with closing as (
      select min(id) as id from audit_segments
      where not is_late and window_end >= ${to}::timestamptz + ${MARGIN})
    select closing.id::int as closing,
      (select audit_encoded_time(min(window_start)) from audit_segments g where g.id <= closing.id) as first,
      (select coalesce(sum(events), 0)::int from audit_segments g
        where g.id > closing.id and g.window_start < ${to}::timestamptz
          and g.window_end > coalesce(${asked.from ?? null}::timestamptz, '-infinity')) as late
    from closing`);
  if (!row) throw new Error('an aggregate gave no row');
  const from = asked.from ?? (row.first < to ? row.first : to);
  if (from > to || (from === to && asked.from !== undefined)) throw empty(from, to);
  return { from, to, closing: row.closing, horizon, lateEvents: row.late };
}

const MARGIN = sql.raw(`interval '${LATE_MARGIN_MS} milliseconds'`);

/** Up to when windows are closed now; null while nothing is. */
async function horizonOf(db: Queryable): Promise<string | null> {
  const [row] = await db.execute<{ horizon: string | null }>(sql`
    select audit_encoded_time(max(window_end) - ${MARGIN}) as horizon from audit_segments where not is_late
    having max(window_end) - ${MARGIN} > min(window_start)`);
  return row?.horizon ?? null;
}

/** The end of what an export begun now would hold, UTC with microseconds; null while there is nothing. Throws 'forbidden'. */
export async function exportHorizon(ctx: Context): Promise<string | null> {
  await mayReadLog(ctx);
  return horizonOf(ctx.db);
}

function beyond(to: string, horizon: string) {
  const why = `${to} is not allowed: until ${horizon} it is settled what is in the log; use an instant up to then`;
  return invalid(`recorded_to: ${why}.`, { recordedTo: why });
}

function empty(from: string, to: string) {
  const why = `${from} is not allowed: the window ends at ${to}; use an instant before`;
  return invalid(`recorded_from: ${why}.`, { recordedFrom: why });
}
