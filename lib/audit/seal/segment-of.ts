import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';

/** The half-open window [start, end) of time_completed, as text with microseconds. */
export interface Window {
  start: string;
  end: string;
}

export interface SegmentFacts {
  /** The leaf hashes, in the order of (time_completed, id). */
  leaves: Buffer;
  events: number;
  /** The summed length of the encodings. */
  bytes: number;
  /** The range of time_started; null without events. */
  firstStarted: string | null;
  lastStarted: string | null;
}

/**
 * Hashes the final events of a window inside the database, and counts them into the rollups of their days: each event is
 * read once. `only` leaves out those that a segment has already.
 */
export async function segmentOf(
  tx: Transaction,
  window: Window,
  only: SQL = sql`true`,
): Promise<SegmentFacts> {
  const [row] = await tx.execute<Row>(sql`
    with encoded as materialized (
      select e.time_completed, e.id, e.time_started, e.stream, e.action, e.actor,
        (e.time_completed at time zone 'UTC')::date as day, audit_event_encoding(e) as encoding
      from audit_events e
      where e.time_completed >= ${window.start}::timestamptz and e.time_completed < ${window.end}::timestamptz and ${only}
    ), counted as (
      insert into audit_rollups (day, stream, kind, name, events, bytes)
      select day, stream, 'action'::audit_rollup_kind, action, count(*), sum(length(encoding)) from encoded
      group by day, stream, action
      union all
      select day, stream, 'actor', actor, count(*), sum(length(encoding)) from encoded group by day, stream, actor
      on conflict (day, kind, stream, name)
      do update set events = audit_rollups.events + excluded.events, bytes = audit_rollups.bytes + excluded.bytes
    )
    select count(*)::int as events, coalesce(sum(length(encoding)), 0)::bigint as bytes,
      audit_encoded_time(min(time_started)) as first_started, audit_encoded_time(max(time_started)) as last_started,
      coalesce(string_agg(sha256('\\x00'::bytea || encoding), ''::bytea order by time_completed, id), '') as leaves
    from encoded`);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    leaves: row.leaves,
    events: row.events,
    bytes: Number(row.bytes),
    firstStarted: row.first_started,
    lastStarted: row.last_started,
  };
}

interface Row extends Record<string, unknown> {
  leaves: Buffer;
  events: number;
  bytes: string;
  first_started: string | null;
  last_started: string | null;
}
