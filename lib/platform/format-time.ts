const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' });

/**
 * How far `instant` is from `now`, in words: 'in 12 days', '3 hours ago', 'just now'. From 60 days on it counts months, from
 * two years on years. Always a count: 'last month' and 'tomorrow' would speak of the calendar, and may be another one.
 */
export function formatRelative(instant: Date, now: Date): string {
  const delta = instant.getTime() - now.getTime();
  const size = Math.abs(delta);
  if (size < MINUTE) return delta > 0 ? 'in under a minute' : 'just now';
  if (size < HOUR) return relative.format(Math.trunc(delta / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.trunc(delta / HOUR), 'hour');
  if (size < 60 * DAY) return relative.format(Math.trunc(delta / DAY), 'day');
  if (size < 730 * DAY) return relative.format(Math.round(delta / (30.44 * DAY)), 'month');
  return relative.format(Math.round(delta / (365.25 * DAY)), 'year');
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    formatters.set(key, found);
  }
  return found;
}

/** The day of `instant` in `zone` (an IANA name): '1 December 2026', or '1 Dec 2026' when short. */
export function formatDate(instant: Date, zone: string, month: 'long' | 'short' = 'long'): string {
  const parts = formatter(zone, { day: 'numeric', month, year: 'numeric' });
  return parts.format(instant);
}

/** The exact minute in `zone` with the zone's name: '1 Dec 2026, 03:00 GMT+1', '1 Dec 2026, 02:00 UTC'. */
export function formatInstant(instant: Date, zone: string): string {
  const day = formatDate(instant, zone, 'short');
  return `${day}, ${formatClock(instant, zone)}`;
}

/** The time of day alone: '02:00 UTC'. */
export function formatClock(instant: Date, zone: string): string {
  return formatter(zone, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(instant);
}

/**
 * The exact minute in a person's zone with UTC beside it (L10): '1 Dec 2026, 03:00 GMT+1 (02:00 UTC)'. UTC gets its own day
 * when it is another one, and stands alone when it is the person's zone.
 */
export const formatInstantBoth = (instant: Date, zone: string): string =>
  formatInstantParts(instant, zone).join(' ');

/** The same in one or two parts, for places where it does not fit on a line: '1 Dec 2026, 03:00 GMT+1' and '(02:00 UTC)'. */
export function formatInstantParts(instant: Date, zone: string): string[] {
  const own = formatInstant(instant, zone);
  const utc = formatInstant(instant, 'UTC');
  if (own === utc) return [utc];
  const sameDay = formatDate(instant, zone) === formatDate(instant, 'UTC');
  return [own, `(${sameDay ? formatClock(instant, 'UTC') : utc})`];
}

/** How long something took: '0.4 s', '12 s', '3 min 20 s', '2 h 5 min', '3 d 4 h'. Milliseconds in. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
