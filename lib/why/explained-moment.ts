import { addDays } from '@/lib/platform/clock';
import { invalid } from '@/lib/platform/errors';
import { startOfDay } from '@/lib/platform/zoned-day';

/** Before this nothing that Lapse knows of had happened. */
const FIRST = new Date('2000-01-01T00:00:00Z');
/** How far ahead the question may lie: whole days, as for an override. */
const MAX_DAYS_AHEAD = 36_500;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The moment that a question is about: `now`, when none is given; for a day such as '2027-01-31' its beginning in `zone`,
 * or `now` when it is today; an instant with its offset as it is. Throws 'invalid', with the value and what is allowed.
 */
export function momentOf(now: Date, text: string | undefined, zone: string): Date {
  if (text === undefined) return now;
  const found = read(text, zone, now);
  const last = addDays(now, MAX_DAYS_AHEAD);
  if (found && found >= FIRST && found <= last) return found;
  const allowed = `use a day such as 2027-01-31, or an instant with its offset such as 2027-01-31T12:00:00Z, from ${dayOf(FIRST)} to ${dayOf(last)}`;
  throw invalid(`at: ${JSON.stringify(text.slice(0, 60))} is not allowed: ${allowed}`, { at: allowed });
}

function read(text: string, zone: string, now: Date): Date | null {
  const day = startOfDay(text, zone);
  if (day) return isToday(text, zone, now) ? now : day;
  if (!INSTANT.test(text) || startOfDay(text.slice(0, 10), 'UTC') === null) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

function isToday(day: string, zone: string, now: Date): boolean {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now) === day;
}

const dayOf = (instant: Date) => instant.toISOString().slice(0, 10);
