import { type SQL, sql } from 'drizzle-orm';

/*
 * The day of a segment is the UTC day that the end of its window closes: a window follows the one before, so it may begin days
 * before the first event in it, and never ends after the day of its events. What came late into such a gap goes with that day.
 */

/** The day of a row of audit_segments, in SQL, as a date. */
export const SEGMENT_DAY: SQL = sql.raw(`((window_end - interval '1 microsecond') at time zone 'UTC')::date`);

/** The same of the end of a window as text (UTC with microseconds), as 2026-11-20. */
export function dayClosedBy(windowEnd: string): string {
  const isMidnight = /T00:00:00(\.0+)?Z$/.test(windowEnd);
  return isMidnight ? new Date(Date.parse(windowEnd) - 1).toISOString().slice(0, 10) : windowEnd.slice(0, 10);
}

/** Whether the day of a row of audit_segments is one from `from` to before `until`, dates in SQL. */
export function isOnDays(from: SQL, until: SQL): SQL {
  const [first, last] = [midnightOf(from), midnightOf(until)];
  return sql`
    window_end > ${first} and window_end <= ${last}
    -- Says nothing new, since windows follow each other; but the indexes know where a window begins.
    and window_start < ${last}
    and window_start >= coalesce(
      (select max(before.window_start) from audit_segments before where before.window_start <= ${first}), '-infinity')`;
}

const midnightOf = (day: SQL): SQL => sql`(${day})::timestamp at time zone 'UTC'`;
