import { addDays, DAY_MS } from '@/lib/platform/clock';

const HOUR_MS = 60 * 60 * 1000;

/** The instants around which the demo's history is built, all in UTC and all relative to `now`. */
export interface DemoTimes {
  now: Date;
  /** Whole or broken days before (positive) now. */
  daysAgo(days: number): Date;
  hoursAgo(hours: number): Date;
  /** The last run of the notices job, Mondays 10:00 UTC, that is at least `days` days ago. */
  noticesRun(days: number): Date;
  /** The last run of the notices job that is not after `instant`. */
  noticesRunBefore(instant: Date): Date;
  /** The last run of the monthly cleanup, the 1st at 02:00 UTC, that is at least `days` days ago. */
  cleanupRun(days: number): Date;
  /** The last run of the monthly cleanup that is not after `instant`. */
  cleanupRunBefore(instant: Date): Date;
}

export function demoTimes(now: Date): DemoTimes {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  return {
    now,
    daysAgo,
    hoursAgo: (hours) => new Date(now.getTime() - hours * HOUR_MS),
    noticesRun: (days) => lastWeekly(daysAgo(days), 1, 10),
    noticesRunBefore: (instant) => lastWeekly(instant, 1, 10),
    cleanupRun: (days) => lastFirstOfMonth(daysAgo(days), 2),
    cleanupRunBefore: (instant) => lastFirstOfMonth(instant, 2),
  };
}

/** The last `weekday` (0: Sunday) at `hour` o'clock UTC that is not after `instant`. */
export function lastWeekly(instant: Date, weekday: number, hour: number): Date {
  const day = new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth(), instant.getUTCDate(), hour));
  const back = (day.getUTCDay() - weekday + 7) % 7;
  const tick = addDays(day, -back);
  return tick > instant ? addDays(tick, -7) : tick;
}

function lastFirstOfMonth(instant: Date, hour: number): Date {
  const tick = new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth(), 1, hour));
  if (tick <= instant) return tick;
  return new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() - 1, 1, hour));
}
