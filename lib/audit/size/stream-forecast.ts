import { isNotNull, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditStreams, type StoredLimits } from '@/db/schema/audit-archive';
import { addDays, DAY_MS } from '@/lib/platform/clock';
import { dateOf, growthOf, type SealedDay, startOfDay } from './growth';

/** How a stream stands to its limits in the hot tier (M1), and which of them it meets first. */
export interface StreamForecast {
  stream: string;
  /** By the counters of the stream. */
  events: number;
  bytes: number;
  maxEntries: number;
  maxSizeBytes: number;
  /** Null: there are not three whole days of it yet. */
  eventsPerDay: number | null;
  /**
   * What begins to remove events, if as many come as now: their number, their bytes, or their age before those. Null: too
   * little data, or nothing comes in.
   */
  first: 'entries' | 'bytes' | 'age' | null;
  /** When the number or the bytes are reached; null for the others. Now, when they are. */
  at: Date | null;
}

const RATE_DAYS = 21;
/** As many streams can there be. */
const MOST_STREAMS = 200;

/** The streams that have limits, by name. Reads counters, never events. */
export async function streamForecasts(db: Queryable, now: Date): Promise<StreamForecast[]> {
  const streams = await db
    .select({ name: auditStreams.name, createdAt: auditStreams.createdAt, limits: auditStreams.limits })
    .from(auditStreams)
    .where(isNotNull(auditStreams.limits))
    .orderBy(auditStreams.name)
    .limit(MOST_STREAMS);
  if (streams.length === 0) return [];
  const names = streams.map(({ name }) => name);
  const [usage, days] = [await usageOf(db, names), await daysOf(db, names, now)];
  return streams.flatMap(({ name, createdAt, limits }) => {
    if (!limits) return [];
    const used = usage.get(name) ?? { events: 0, bytes: 0 };
    return [
      { stream: name, ...forecastStream(now, used, limits, wholeDays(days.get(name), createdAt, now)) },
    ];
  });
}

/** As `streamForecasts`, of one stream: `days` are its whole days, the oldest first. */
export function forecastStream(
  now: Date,
  used: { events: number; bytes: number },
  limits: StoredLimits,
  days: readonly SealedDay[],
): Omit<StreamForecast, 'stream'> {
  const rate = growthOf(days)?.eventsPerDay ?? null;
  const { maxEntries, maxSizeBytes } = limits;
  const shared = { ...used, maxEntries, maxSizeBytes, eventsPerDay: rate };
  if (rate === null || rate === 0) return { ...shared, first: null, at: null };
  const [sealed, bytes] = [sum(days, 'events'), sum(days, 'bytes')];
  const ageDays = limits.retentionPeriodMs / DAY_MS;
  const untilEntries = (maxEntries - used.events) / rate;
  const untilBytes =
    sealed === 0 ? Number.POSITIVE_INFINITY : (maxSizeBytes - used.bytes) / (rate * (bytes / sealed));
  const until = Math.max(0, Math.min(untilEntries, untilBytes));
  // What would come in until then begins to leave by its age before.
  if (until > ageDays) return { ...shared, first: 'age', at: null };
  const at = new Date(now.getTime() + until * DAY_MS);
  return { ...shared, first: untilBytes < untilEntries ? 'bytes' : 'entries', at };
}

const sum = (days: readonly SealedDay[], what: 'events' | 'bytes'): number =>
  days.reduce((all, day) => all + day[what], 0);

async function usageOf(db: Queryable, names: readonly string[]) {
  const rows = await db.execute<{ stream: string; events: string; bytes: string }>(sql`
    select stream, sum(events)::text as events, sum(bytes)::text as bytes
    from audit_stream_usage where stream in ${names} group by stream`);
  return new Map(
    rows.map(({ stream, events, bytes }) => [stream, { events: Number(events), bytes: Number(bytes) }]),
  );
}

async function daysOf(db: Queryable, names: readonly string[], now: Date) {
  const today = startOfDay(now);
  const rows = await db.execute<{ stream: string; day: string; events: string; bytes: string }>(sql`
    select stream, day::text as day, sum(events)::text as events, sum(bytes)::text as bytes
    from audit_rollups
    where day >= ${dateOf(addDays(today, -RATE_DAYS))}::date
      and day < ${dateOf(today)}::date and kind = 'action' and stream in ${names}
    group by stream, day`);
  const days = new Map<string, Map<string, SealedDay>>();
  for (const { stream, day, events, bytes } of rows) {
    const own = days.get(stream) ?? new Map<string, SealedDay>();
    own.set(day, { day, events: Number(events), bytes: Number(bytes) });
    days.set(stream, own);
  }
  return days;
}

/** Of the days since the one after its first event; those without events are there as well. */
function wholeDays(
  known: ReadonlyMap<string, SealedDay> | undefined,
  createdAt: Date,
  now: Date,
): SealedDay[] {
  const today = startOfDay(now);
  const first = addDays(startOfDay(createdAt), 1);
  const count = Math.min(RATE_DAYS, Math.round((today.getTime() - first.getTime()) / DAY_MS));
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const day = dateOf(addDays(today, index - count));
    return known?.get(day) ?? { day, events: 0, bytes: 0 };
  });
}
