import { addDays, DAY_MS } from '@/lib/platform/clock';
import type { TierPolicy } from '../policy/tier-policy';
import type { Growth } from './growth';
import { bytesOf, type MeasuredTiers, type TierSize } from './measure-tiers';

/** The policy's part that sizes follow from. */
export type Periods = Pick<TierPolicy, 'archive' | 'hotDays' | 'warmDays' | 'coldDays' | 'retentionDays'>;

/** What an admin wants to be warned of, in bytes; 0: of nothing. */
export interface Budgets {
  hotBytes: number;
  archiveBytes: number;
}

/** What a part of the log is going to hold, when as much comes in as now. */
export interface Fill {
  /** From when on as much leaves as comes; null: never, it is kept for good. */
  at: Date | null;
  /** What it holds then; null where it grows for good, or bytes cannot be told yet. */
  events: number | null;
  bytes: number | null;
}

export interface BudgetForecast {
  budget: number;
  /** Bytes now. */
  bytes: number;
  /** reached: it is above. at: it will be, on `at`. never: before that as much leaves as comes. unknown: too little data. */
  state: 'reached' | 'at' | 'never' | 'unknown';
  at: Date | null;
}

export interface SizeForecast {
  /** Bytes a day that come into the hot tier and into the archives, before anything leaves; null: too little to tell. */
  hotBytesPerDay: number | null;
  archiveBytesPerDay: number | null;
  hot: Fill;
  warm: Fill | null;
  /** Warm and cold together, as they share a store. */
  archives: Fill | null;
  /** Null where no budget is set. */
  hotBudget: BudgetForecast | null;
  archiveBudget: BudgetForecast | null;
}

/** Periods that do not hold yet, and from when on each does. */
export interface Delays {
  hot?: Date;
  warm?: Date;
  archives?: Date;
}

/** With fewer, the bytes of an event are mostly those of empty pages. */
const EVENTS_TO_TELL_BYTES = 1000;
/** Further ahead nothing can be foreseen, and dates end. */
const MOST_DAYS = 36_500;

/**
 * What the tiers are going to hold and when budgets are reached, if as much comes in as now (`growth`) and the periods stay.
 * Before the day of a period in `delays` nothing leaves by it. Null without growth data.
 */
export function forecastSize(
  now: Date,
  { tiers, since, emptyBytes }: MeasuredTiers,
  growth: Growth | null,
  periods: Periods,
  budgets: Budgets,
  delays: Delays = {},
): SizeForecast | null {
  if (!growth) return null;
  const [hot, warm, cold] = tiers;
  const rate = growth.eventsPerDay;
  const hotEach = bytesOfOne(hot, emptyBytes);
  const archives = joined(warm, cold);
  const archiveEach = bytesOfOne(archives, 0);
  const hotBytesPerDay = hotEach === null ? null : Math.round(rate * hotEach);
  const archiveBytesPerDay = archiveEach === null ? null : Math.round(rate * archiveEach);
  const hotDays = daysInHot(periods);
  const hotFull = ageReached(delays.hot ?? now, since.hot ?? now, hotDays);
  // What will be archived is in the hot tier now.
  const oldestArchived = since.cold ?? since.warm ?? since.hot ?? now;
  const archivesFull =
    periods.coldDays === null ? null : ageReached(delays.archives ?? now, oldestArchived, periods.coldDays);
  return {
    hotBytesPerDay,
    archiveBytesPerDay,
    hot: fill(hotFull, rate, hotDays, hotEach, emptyBytes),
    warm: periods.archive
      ? fill(
          ageReached(delays.warm ?? now, since.warm ?? since.hot ?? now, periods.warmDays),
          rate,
          periods.warmDays,
          archiveEach,
          0,
        )
      : null,
    archives: periods.archive ? fill(archivesFull, rate, periods.coldDays, archiveEach, 0) : null,
    hotBudget: budgetForecast(now, budgets.hotBytes, bytesOf(hot), hotBytesPerDay, hotFull),
    archiveBudget: budgetForecast(
      now,
      budgets.archiveBytes,
      bytesOf(archives),
      archiveBytesPerDay,
      archivesFull,
    ),
  };
}

/** How many days events stay in the hot tier. */
export const daysInHot = ({ archive, hotDays, retentionDays }: Periods): number =>
  archive ? hotDays : retentionDays;

/** Bytes that one more event takes; null: too few to tell. */
function bytesOfOne(size: Pick<TierSize, 'events'> & Parameters<typeof bytesOf>[0], emptyBytes: number) {
  if (size.events < EVENTS_TO_TELL_BYTES) return null;
  return Math.max(0, bytesOf(size) - emptyBytes) / size.events;
}

const joined = (warm: TierSize, cold: TierSize) => ({
  ...warm,
  events: warm.events + cold.events,
  objectBytes: warm.objectBytes + cold.objectBytes,
});

/** When the oldest event is so old that it leaves; `earliest`, when it is by then. */
function ageReached(earliest: Date, since: Date, days: number): Date {
  const at = addDays(since, days);
  return at > earliest ? at : earliest;
}

function fill(at: Date | null, rate: number, days: number | null, each: number | null, empty: number): Fill {
  if (at === null || days === null) return { at: null, events: null, bytes: null };
  const events = rate * days;
  return { at, events, bytes: each === null ? null : Math.round(events * each + empty) };
}

/** `full` is from when on the part grows no more; null: it grows for good. */
function budgetForecast(
  now: Date,
  budget: number,
  bytes: number,
  perDay: number | null,
  full: Date | null,
): BudgetForecast | null {
  if (budget === 0) return null;
  const told = (state: BudgetForecast['state'], at: Date | null = null) => ({ budget, bytes, state, at });
  if (bytes >= budget) return told('reached');
  if (perDay === null) return told('unknown');
  const days = perDay === 0 ? Number.POSITIVE_INFINITY : (budget - bytes) / perDay;
  if (days > MOST_DAYS) return told('never');
  const at = new Date(now.getTime() + days * DAY_MS);
  return full !== null && at > full ? told('never') : told('at', at);
}
