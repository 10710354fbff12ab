import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { auditSegments } from '@/db/schema/audit-seal';
import type { Context } from '@/lib/people/context';
import { appendStatement, type ChainKeys } from './append-statement';
import { exactText } from './exact-time';
import { rootOf } from './merkle-tree';
import { segmentOf, type Window } from './segment-of';

/**
 * An event gets its time before its transaction commits. Windows end so long before now that few are committed into a
 * closed one; `sealLateEvents` finds those.
 */
export const SETTLING_MS = 2 * 60 * 1000;
/** Events of a segment, about: those of one instant stay together. */
export const EVENTS_PER_SEGMENT = 20_000;
/** What is left waits for the next run. A log of a year, sealed for the first time, needs one for each of its days. */
const SEGMENTS_PER_RUN = 500;

export interface Sealed {
  segments: number;
  events: number;
  /** Everything that became final before this instant is sealed. */
  until: string | null;
}

/**
 * Seals what has become final since the last run into segments of some 20,000 events of one UTC day, each named by a signed
 * checkpoint (B4). Recording never waits for it. Each segment commits by itself, so that a crash keeps those before; two runs at once
 * take turns. Rollups by day are counted in the same transaction.
 */
export async function sealEvents(
  ctx: Context,
  { keys, eventsPerSegment = EVENTS_PER_SEGMENT }: { keys: ChainKeys; eventsPerSegment?: number },
): Promise<Sealed> {
  const done: Sealed = { segments: 0, events: 0, until: null };
  while (done.segments < SEGMENTS_PER_RUN) {
    const segment = await ctx.db.transaction((tx) => sealNext(ctx, tx, keys, eventsPerSegment));
    if (segment === null) break;
    done.segments += 1;
    done.events += segment.events;
    done.until = segment.window.end;
  }
  return done;
}

async function sealNext(ctx: Context, tx: Transaction, keys: ChainKeys, eventsPerSegment: number) {
  await lockSealing(tx);
  const now = ctx.clock.now();
  const window = await nextWindow(tx, exactText(new Date(now.getTime() - SETTLING_MS)), eventsPerSegment);
  if (window === null) return null;
  const { leaves, events, ...facts } = await segmentOf(tx, window);
  if (events === 0) return null;
  await writeSegment(tx, { keys, now, window, late: false, leaves, events, ...facts });
  return { window, events };
}

/** One at a time seals, prunes and archives. */
export const lockSealing = (tx: Transaction) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:audit-seal', 0))`);

/**
 * From where the last window ended to the instant after the last event that still fits, and over no midnight (UTC) after its first
 * event: each day becomes an archive of its own. Null when nothing new has settled.
 */
async function nextWindow(
  tx: Transaction,
  settled: string,
  eventsPerSegment: number,
): Promise<Window | null> {
  const start = await endOfTheLast(tx);
  if (start === null) return null;
  // Few statements, one by one: to plan one takes longer than to run it, since events lie in so many partitions.
  const [first] = await tx.execute<{ end: string }>(sql`
    select audit_encoded_time(least(
      date_trunc('day', time_completed, 'UTC') + interval '24 hours', ${settled}::timestamptz)) as end
    from audit_events
    where time_completed >= ${start}::timestamptz and time_completed < ${settled}::timestamptz
    order by time_completed limit 1`);
  if (!first) return null;
  const [fills] = await tx.execute<{ at: string }>(sql`
    select audit_encoded_time(time_completed) as at from audit_events
    where time_completed >= ${start}::timestamptz and time_completed < ${first.end}::timestamptz
    order by time_completed, id
    offset ${eventsPerSegment - 1} limit 1`);
  if (!fills) return { start, end: first.end };
  const [after] = await tx.execute<{ at: string }>(sql`
    select audit_encoded_time(time_completed) as at from audit_events
    where time_completed > ${fills.at}::timestamptz and time_completed < ${first.end}::timestamptz
    order by time_completed limit 1`);
  return { start, end: after?.at ?? first.end };
}

/** Before the first window, when the first event became final; null when there is none. */
async function endOfTheLast(tx: Transaction): Promise<string | null> {
  const [last] = await tx.execute<{ at: string | null }>(
    sql`select audit_encoded_time(max(window_end)) as at from audit_segments`,
  );
  if (last && last.at !== null) return last.at;
  const [first] = await tx.execute<{ at: string | null }>(
    sql`select audit_encoded_time(min(time_completed)) as at from audit_events`,
  );
  return first?.at ?? null;
}

export interface NewSegment {
  keys: ChainKeys;
  now: Date;
  window: Window;
  late: boolean;
  leaves: Buffer;
  events: number;
  bytes: number;
  firstStarted: string | null;
  lastStarted: string | null;
}

/** Adds a segment and the checkpoint that names it; returns its id. */
export async function writeSegment(tx: Transaction, segment: NewSegment): Promise<number> {
  const { keys, now, window, late, leaves, events, bytes, firstStarted, lastStarted } = segment;
  const [last] = await tx.execute<{ id: number }>(
    sql`select coalesce(max(id), 0)::int + 1 as id from audit_segments`,
  );
  const id = last?.id ?? 1;
  const root = rootOf(leaves);
  const statementSequence = await appendStatement(tx, keys, now, {
    kind: 'checkpoint',
    segment: id,
    window,
    late,
    events,
    bytes,
    root: root.toString('hex'),
  });
  await tx.insert(auditSegments).values({
    id,
    windowStart: window.start,
    windowEnd: window.end,
    isLate: late,
    events,
    bytes,
    firstStarted,
    lastStarted,
    root,
    leaves,
    statementSequence,
    sealedAt: exactText(now),
  });
  return id;
}
