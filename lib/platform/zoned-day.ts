import { DAY_MS } from './clock';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The instant at which a day such as '2026-11-21' begins in a zone (an IANA name); null for a text that is no day. Where
 * the clocks jump over midnight, the first instant of that day.
 */
export function startOfDay(day: string, zone: string): Date | null {
  const asUtc = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Date.parse refuses the 31st of February in some engines and moves it in others.
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 10) !== day) return null;
  // The offset is asked for near the answer: a first guess can lie beyond a change of the clocks.
  const guess = asUtc - offsetAt(asUtc, zone);
  const start = asUtc - offsetAt(guess, zone);
  // When no clock shows midnight on that day, this candidate still lies in the day before.
  return new Date(start + offsetAt(start, zone) < asUtc ? guess : start);
}

/** The instant at which the day after begins; the end of a half-open window that holds the whole day. */
export function startOfNextDay(day: string, zone: string): Date | null {
  if (startOfDay(day, zone) === null) return null;
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return startOfDay(next, zone);
}

/** How far the clocks of the zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}
