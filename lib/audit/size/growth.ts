import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { addDays, DAY_MS } from '@/lib/platform/clock';

/** What became final on one UTC day, and is sealed. */
export interface SealedDay {
  /** As a date, such as '2026-11-21'. */
  day: string;
  events: number;
  /** The summed length of their encodings. */
  bytes: number;
}

export interface Growth {
  eventsPerDay: number;
  /** 'weeks': the median of the last whole weeks, by their days; 'days': the median of the last whole days. */
  basis: 'weeks' | 'days';
  /** How many whole days it rests on. */
  days: number;
}

const MOST_WEEKS = 5;
const LEAST_WEEKS = 3;
export const LEAST_DAYS = 3;

/**
 * How many events a day come in now, by the whole days before today, the oldest first; null when there are fewer than three.
 * The median of weeks has the weekends in it, and one import of a million events does not move it.
 */
export function growthOf(days: readonly SealedDay[]): Growth | null {
  if (days.length < LEAST_DAYS) return null;
  const weeks = lastWeeks(days.map(({ events }) => events));
  if (weeks.length >= LEAST_WEEKS) {
    return { eventsPerDay: Math.round(median(weeks) / 7), basis: 'weeks', days: weeks.length * 7 };
  }
  const last = days.slice(-LEAST_WEEKS * 7).map(({ events }) => events);
  return { eventsPerDay: Math.round(median(last)), basis: 'days', days: last.length };
}

/** The sums of the last seven days, of the seven before them, and so on: whole weeks only. */
function lastWeeks(counts: readonly number[]): number[] {
  const weeks = Math.min(MOST_WEEKS, Math.floor(counts.length / 7));
  return Array.from({ length: weeks }, (_, week) => {
    const end = counts.length - week * 7;
    return counts.slice(end - 7, end).reduce((sum, count) => sum + count, 0);
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

/**
 * The whole UTC days before `now`, `most` of them at the most, the oldest first and none left out; the day of the first sealed
 * event is no whole one. By the counters of actions, of which a day has as many as there are kinds of them.
 */
export async function sealedDays(db: Queryable, now: Date, most: number): Promise<SealedDay[]> {
  const today = startOfDay(now);
  const rows = await db.execute<{ day: string; events: string; bytes: string }>(sql`
    select day::text as day, sum(events)::text as events, sum(bytes)::text as bytes
    from audit_rollups
    where day >= ${dateOf(addDays(today, -most))}::date and day < ${dateOf(today)}::date and kind = 'action'
    group by day`);
  const [begin] = await db.execute<{ first: string | null }>(
    sql`select min(day)::text as first from audit_rollups`,
  );
  if (!begin?.first) return [];
  const firstWhole = addDays(new Date(`${begin.first}T00:00:00Z`), 1);
  const known = new Map(rows.map((row) => [row.day, row]));
  const days = Math.min(most, Math.round((today.getTime() - firstWhole.getTime()) / DAY_MS));
  return Array.from({ length: Math.max(0, days) }, (_, index) => {
    const day = dateOf(addDays(today, index - days));
    const row = known.get(day);
    return { day, events: Number(row?.events ?? 0), bytes: Number(row?.bytes ?? 0) };
  });
}

/** The beginning of the UTC day of an instant. */
export const startOfDay = (instant: Date): Date => new Date(Math.floor(instant.getTime() / DAY_MS) * DAY_MS);

/** The UTC day of an instant, such as '2026-11-21'. */
export const dateOf = (instant: Date): string => instant.toISOString().slice(0, 10);
