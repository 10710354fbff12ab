import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';

/** What a stream has in the hot tier: final events, and the summed length of their canonical encodings. */
export interface Usage {
  events: number;
  bytes: number;
}

/** As many may append at once without waiting for each other. */
const SHARDS = 8;

interface UsageRow extends Record<string, unknown> {
  events: string;
  bytes: string;
}

const usageOf = (row: UsageRow | undefined): Usage => ({
  events: Number(row?.events ?? 0),
  bytes: Number(row?.bytes ?? 0),
});

/** By the counters; all zero for a stream without limits, which has none. */
export async function readUsage(db: Queryable, stream: string): Promise<Usage> {
  const [row] = await db.execute<UsageRow>(sql`
    select coalesce(sum(events), 0)::text as events, coalesce(sum(bytes), 0)::text as bytes
    from audit_stream_usage where stream = ${stream}`);
  return usageOf(row);
}

/** Adds what was appended: as the last step of its transaction, which then waits for nobody but its commit. */
export const addUsage = (tx: Transaction, stream: string, { events, bytes }: Usage) =>
  tx.execute(sql`
    insert into audit_stream_usage as u (stream, shard, events, bytes)
    values (${stream}, pg_backend_pid() % ${SHARDS}, ${events}, ${bytes})
    on conflict (stream, shard) do update set events = u.events + excluded.events, bytes = u.bytes + excluded.bytes`);

/** Counts the events one by one: under the lock of the stream, so that none is on its way. */
export async function countUsage(db: Queryable, stream: string): Promise<Usage> {
  const [row] = await db.execute<UsageRow>(sql`
    select count(*)::text as events, coalesce(sum(octet_length(audit_event_encoding(row(e.*)::audit_events))), 0)::text as bytes
    from audit_events e
    where e.stream = ${stream} and e.stream <> 'lapse' and e.time_completed is not null`);
  return usageOf(row);
}

/**
 * Whether the counters name another number of events than there are: the hot tier's own prune does not touch them. Looks at
 * an index alone, and at both in one statement, so that an append in between is in both or in neither.
 */
export async function isMiscounted(db: Queryable, stream: string): Promise<boolean> {
  const [row] = await db.execute<{ miscounted: boolean }>(sql`
    select (select coalesce(sum(events), 0) from audit_stream_usage where stream = ${stream}) <>
      (select count(*) from audit_events e
        where e.stream = ${stream} and e.stream <> 'lapse' and e.time_completed is not null) as miscounted`);
  return row?.miscounted ?? false;
}

/** Replaces the counters; under the lock of the stream. */
export async function writeUsage(tx: Transaction, stream: string, { events, bytes }: Usage): Promise<void> {
  await forgetUsage(tx, stream);
  await tx.execute(sql`
    insert into audit_stream_usage (stream, shard, events, bytes) values (${stream}, 0, ${events}, ${bytes})`);
}

/** For a stream that has no limits any more; under its lock. */
export const forgetUsage = (tx: Transaction, stream: string) =>
  tx.execute(sql`delete from audit_stream_usage where stream = ${stream}`);
