import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { eachLeaf } from '../seal/merkle-tree';

/** A window of sealing whose events may be in the hot tier, as text with microseconds. */
interface HotWindow extends Record<string, unknown> {
  start: string;
  end: string;
  /** As many are in the archives. */
  sealed: number;
  /** As many rows are there. */
  hot: number;
  /** The limits of a stream removed some of them: then as many as were sealed may be others. */
  isCut: boolean;
}

export interface Covered {
  /** The half-open range of time_completed whose rows are all in verified archives; null when there are no rows. */
  range: { start: string; end: string } | null;
  rows: number;
  /** Why it ends where it does, when that is because a row has no copy; null otherwise. */
  problem: string | null;
}

const WINDOWS_AT_ONCE = 200;

/**
 * The oldest events of the hot tier before `until` whose copies are in verified archives (L5), at least `rows` of them where
 * there are so many. Ends before the first window that holds a row without a copy, and says so.
 */
export async function coveredRows(db: Queryable, until: string, rows: number): Promise<Covered> {
  const covered: Covered = { range: null, rows: 0, problem: null };
  let after: string | null = null;
  while (covered.rows < rows) {
    const windows: HotWindow[] = await hotWindows(db, until, after);
    for (const window of windows) {
      covered.problem = await uncoveredIn(db, window);
      if (covered.problem) return covered;
      if (window.hot > 0) covered.range = { start: covered.range?.start ?? window.start, end: window.end };
      covered.rows += window.hot;
    }
    const last = windows.at(-1);
    if (windows.length < WINDOWS_AT_ONCE || !last) {
      covered.problem = await strayRows(db, until, covered.rows);
      break;
    }
    after = last.start;
  }
  return covered;
}

/** Why there are more rows than those of the windows: they came into windows that were pruned, or before the first one. */
async function strayRows(db: Queryable, until: string, known: number): Promise<string | null> {
  const rows = await db.execute<{ at: string }>(sql`
    select audit_encoded_time(time_completed) as at from audit_events
    where time_completed < ${until}::timestamptz
    order by time_completed, id
    offset ${known} limit 1`);
  if (rows.length === 0) return null;
  return `There are events that became final before ${until} and are in no archive, though their time was sealed, archived and pruned. They stay; verify the log.`;
}

/** The next windows that end by `until` and still have their leaves, so may still have rows; with what is there of them. */
async function hotWindows(db: Queryable, until: string, after: string | null): Promise<HotWindow[]> {
  const rows = await db.execute<HotWindow>(sql`
    select audit_encoded_time(w.window_start) as start, audit_encoded_time(w.window_end) as end, w.sealed,
      (select count(*)::int from audit_events e
        where e.time_completed >= w.window_start and e.time_completed < w.window_end) as hot,
      exists (
        select from audit_prunes p
        where p.stream is not null and p.since < w.window_end and p.until >= w.window_start) as "isCut"
    from (
      select window_start, window_end, sum(events)::int as sealed from audit_segments
      where leaves is not null and archive_id is not null and window_end <= ${until}::timestamptz
        and (${after}::timestamptz is null or window_start > ${after}::timestamptz)
      group by window_start, window_end
      order by window_start, window_end
      limit ${WINDOWS_AT_ONCE}
    ) w
    order by w.window_start, w.window_end`);
  return [...rows];
}

/** Why not every row of a window is in an archive; null when every one is. */
async function uncoveredIn(db: Queryable, window: HotWindow): Promise<string | null> {
  // The archives were verified, and hold what was sealed: the same number is the same events.
  if ((window.hot === window.sealed && !window.isCut) || window.hot === 0) return null;
  // Some are gone already, such as with another partition; each that is left must be one of those that were sealed.
  const unknown = await unknownRows(db, sql`audit_events`, window);
  if (unknown === 0) return null;
  return `${unknown} events that became final between ${window.start} and ${window.end} are in no archive: they came late, or are not what was sealed. Nothing from there on is pruned until they are archived; verify the log.`;
}

/** How many rows of a window are not what an archived segment of it holds, found by their hashes. */
export async function unknownRows(
  db: Queryable,
  table: SQL,
  { start, end }: { start: string; end: string },
): Promise<number> {
  const segments = await db.execute<{ leaves: Buffer | null }>(sql`
    select leaves from audit_segments
    where window_start = ${start}::timestamptz and window_end = ${end}::timestamptz and archive_id is not null`);
  const known = new Set<string>();
  for (const { leaves } of segments) {
    for (const leaf of eachLeaf(leaves ?? Buffer.alloc(0))) known.add(Buffer.from(leaf).toString('base64'));
  }
  const rows = await db.execute<{ leaf: Buffer }>(sql`
    select sha256('\\x00'::bytea || audit_event_encoding(row(e.*)::audit_events)) as leaf from ${table} e
    where e.time_completed >= ${start}::timestamptz and e.time_completed < ${end}::timestamptz`);
  return rows.filter(({ leaf }) => !known.has(leaf.toString('base64'))).length;
}
