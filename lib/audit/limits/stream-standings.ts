import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import type { StoredLimits } from '@/db/schema/audit-archive';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { refuse } from '../record';
import { streamName } from '../streams';
import { type StreamHold, streamHolds } from './stream-holds';
import { type StreamLimits, thresholdBytes, writtenLimits } from './stream-limits';

/** How a stream stands. */
export interface StreamStanding {
  name: string;
  createdAt: Date;
  /** Final events of the hot tier and the bytes of their encodings: exact with limits, otherwise by days. */
  events: number;
  bytes: number;
  isEstimate: boolean;
  /** In force; null: none. */
  limits: StreamLimits | null;
  limitsSince: Date | null;
  /** What a cleanup leaves at the most; null without limits. */
  thresholdBytes: number | null;
  pending: { limits: StreamLimits; from: Date } | null;
  lastCleanupAt: Date | null;
  /** What its limits have removed since the beginning. */
  prunedEvents: number;
  prunedBytes: number;
  /** Why its limits are not kept now; null: they are. */
  alarm: string | null;
  activeHolds: number;
}

/** All streams by name, at most 200 of them. For whoever reads the audit log; throws 'forbidden', which leaves an event. */
export async function listStreamStandings(ctx: Context): Promise<StreamStanding[]> {
  await mayRead(ctx);
  return standings(ctx.db, sql`true`);
}

const input = z.strictObject({ stream: streamName });

/** One stream with its holds, which only those see who may read holds: null for others. Throws 'not_found', 'forbidden'. */
export async function loadStream(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<StreamStanding & { holds: StreamHold[] | null }> {
  await mayRead(ctx);
  const { stream } = parse(input, args);
  const [found] = await standings(ctx.db, sql`s.name = ${stream}`);
  if (!found) throw notFound(`There is no stream “${stream}”.`);
  return { ...found, holds: can(ctx.actor, 'holds.read') ? await streamHolds(ctx.db, stream) : null };
}

export async function mayRead(ctx: Context): Promise<void> {
  if (can(ctx.actor, 'audit.read')) return;
  await refuse(ctx, {}, 'Only admins and auditors see the streams of the audit log.');
}

interface Row extends Record<string, unknown> {
  name: string;
  created_at: string;
  limits: StoredLimits | null;
  limits_since: string | null;
  pending_limits: StoredLimits | null;
  pending_from: string | null;
  last_cleanup_at: string | null;
  pruned_events: string;
  pruned_bytes: string;
  alarm: string | null;
  events: string;
  bytes: string;
  holds: number;
}

/** Events that are not sealed yet and are counted one by one, at the most: usually those of the last minutes. */
const RECENT = 20_000;

/** By the counters of streams with limits; for others by what was sealed a day (T4), and the few events that came since. */
async function standings(db: Queryable, where: SQL): Promise<StreamStanding[]> {
  const rows = await db.execute<Row>(sql`
    with gone as (select max(until) as until from audit_prunes where stream is null),
    recent as (
      select stream, count(*) as events, sum(octet_length(encoding)) as bytes
      from (
        select e.stream, audit_event_encoding(row(e.*)::audit_events) as encoding from audit_events e
        where e.time_completed >= coalesce((select max(window_end) from audit_segments), '-infinity')
        order by e.time_completed, e.id
        limit ${RECENT}
      ) unsealed
      group by stream
    )
    select s.*, coalesce(u.events, coalesce(r.events, 0) + coalesce(n.events, 0))::text as events,
      coalesce(u.bytes, coalesce(r.bytes, 0) + coalesce(n.bytes, 0))::text as bytes,
      (select count(*)::int from audit_stream_holds h where h.stream = s.name and h.released_at is null) as holds
    from audit_streams s
    left join lateral (
      select sum(events) as events, sum(bytes) as bytes from audit_stream_usage
      where stream = s.name and s.limits is not null
    ) u on true
    left join recent n on n.stream = s.name
    left join lateral (
      select sum(d.events) as events, sum(d.bytes) as bytes from audit_rollups d
      where s.limits is null and d.kind = 'action' and d.stream = s.name and d.day >= coalesce(greatest(
        (select until from gone), (select max(p.until) from audit_prunes p where p.stream = s.name)
      ) at time zone 'UTC', '-infinity')::date
    ) r on true
    where ${where}
    order by s.name <> 'lapse', s.name
    limit 1000`);
  return rows.map(standing);
}

const dateOf = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));

const standing = (row: Row): StreamStanding => ({
  name: row.name,
  createdAt: new Date(row.created_at),
  events: Number(row.events),
  bytes: Number(row.bytes),
  isEstimate: row.limits === null,
  limits: row.limits && writtenLimits(row.limits),
  limitsSince: dateOf(row.limits_since),
  thresholdBytes: row.limits && thresholdBytes(row.limits),
  pending:
    row.pending_limits && row.pending_from
      ? { limits: writtenLimits(row.pending_limits), from: new Date(row.pending_from) }
      : null,
  lastCleanupAt: dateOf(row.last_cleanup_at),
  prunedEvents: Number(row.pruned_events),
  prunedBytes: Number(row.pruned_bytes),
  alarm: row.alarm,
  activeHolds: row.holds,
});
