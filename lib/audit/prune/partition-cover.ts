import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { unknownRows } from './covered';

/** What is in one partition, seen alone. */
export interface PartitionContents {
  rows: number;
  /** Incomplete, final at `until` or later, or of a held stream: such a row keeps the whole partition. */
  staying: number;
  /** The range of time_completed, as text with microseconds; null when it is empty. */
  first: string | null;
  last: string | null;
}

/**
 * `name` is a table that was made as a partition of audit_events, attached or not. `held`: streams whose events stay however
 * old they are (L3).
 */
export async function contentsOf(
  db: Queryable,
  name: string,
  { until, held }: { until: string; held: readonly string[] },
): Promise<PartitionContents> {
  const [row] = await db.execute<PartitionContents & Record<string, unknown>>(sql`
    select count(*)::int as rows,
      count(*) filter (
        where time_completed is null or time_completed >= ${until}::timestamptz
          or stream = any(string_to_array(${held.join(',')}, ',')))::int as staying,
      audit_encoded_time(min(time_completed)) as first, audit_encoded_time(max(time_completed)) as last
    from ${sql.identifier(name)}`);
  if (!row) throw new Error('an aggregate gave no row');
  return { ...row };
}

interface Overlap extends Record<string, unknown> {
  start: string;
  end: string;
  /** In the archives. */
  sealed: number;
  /** In all of the hot tier. */
  hot: number;
}

/**
 * Why not every row of a partition is in a verified archive (L5); null when every one is. While the partition is attached,
 * a window that has as many rows as were sealed needs no closer look; one that stands `alone` is compared hash by hash.
 */
export async function uncoveredRows(
  db: Queryable,
  name: string,
  { first, last }: PartitionContents,
  { alone }: { alone: boolean },
): Promise<string | null> {
  if (first === null || last === null) return null;
  const [earliest] = await db.execute<{ early: boolean | null }>(
    sql`select min(window_start) > ${first}::timestamptz as early from audit_segments`,
  );
  if (earliest?.early !== false) return `${name} has events from before the first seal.`;
  for (const window of await overlaps(db, first, last, alone)) {
    if (!alone && window.hot === window.sealed) continue;
    const unknown = await unknownRows(db, sql`${sql.identifier(name)}`, window);
    if (unknown > 0) {
      return `${unknown} events in ${name} that became final between ${window.start} and ${window.end} are in no archive: they came late, or are not what was sealed. The partition stays; verify the log.`;
    }
  }
  return null;
}

async function overlaps(db: Queryable, first: string, last: string, alone: boolean): Promise<Overlap[]> {
  const hot = alone
    ? sql`0`
    : sql`(select count(*)::int from audit_events e
        where e.time_completed >= w.window_start and e.time_completed < w.window_end)`;
  const rows = await db.execute<Overlap>(sql`
    select audit_encoded_time(w.window_start) as start, audit_encoded_time(w.window_end) as end, w.sealed, ${hot} as hot
    from (
      select window_start, window_end, sum(events) filter (where archive_id is not null)::int as sealed from audit_segments
      where window_end > ${first}::timestamptz and window_start <= ${last}::timestamptz
      group by window_start, window_end
    ) w
    order by w.window_start`);
  return [...rows];
}
