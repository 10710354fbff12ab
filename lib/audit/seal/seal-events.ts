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
/** What is left waits for the next run. */
const SEGMENTS_PER_RUN = 500;

export interface Sealed {
  segments: number;
  events: number;
  /** Everything that became final before this instant is sealed. */
  until: string | null;
}

/**
 * Seals what has become final since the last run into segments of some 20,000 events, each named by a signed checkpoint
 * (B4). Recording never waits for it. Each segment commits by itself, so that a crash keeps those before; two runs at once
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

/** From where the last window ended to the instant after the last event that still fits; null when there is none. */
async function nextWindow(
  tx: Transaction,
  settled: string,
  eventsPerSegment: number,
): Promise<Window | null> {
  const [row] = await tx.execute<{ start: string | null; end: string | null }>(sql`
    with last as (
      select coalesce(
        (select max(window_end) from audit_segments),
        (select min(time_completed) from audit_events)) as at
    )
    select audit_encoded_time(last.at) as start, audit_encoded_time((
      -- The first instant that begins after a full segment, or the end of what has settled.
      select least(${settled}::timestamptz, coalesce((
        select e.time_completed from audit_events e
        where e.time_completed > (
          select f.time_completed from audit_events f
          where f.time_completed >= last.at
          order by f.time_completed, f.id
          offset ${eventsPerSegment - 1} limit 1)
        order by e.time_completed limit 1), ${settled}::timestamptz))
    )) as end
    from last`);
  if (!row?.start || !row.end || row.end <= row.start) return null;
  return { start: row.start, end: row.end };
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
