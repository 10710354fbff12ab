export const MINUTE_MS = 60 * 1000;

/** Milliseconds of each unit, the largest first. */
const UNITS = { d: 24 * 60 * MINUTE_MS, h: 60 * MINUTE_MS, m: MINUTE_MS, s: 1000 } as const;

/**
 * A period as Go writes it, and with days: '168h', '1h30m', '168h0m0s', '7d'; in milliseconds. Null for what is none, has
 * fractions, is no whole number of minutes, or is beyond what a number holds exactly.
 */
export function periodMs(text: string): number | null {
  const parts = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text.trim());
  if (!parts || text.trim() === '') return null;
  const ms = Object.values(UNITS).reduce((sum, unit, place) => sum + Number(parts[place + 1] ?? 0) * unit, 0);
  return ms % MINUTE_MS === 0 && Number.isSafeInteger(ms) ? ms : null;
}

/** The same back: '168h', '1h30m', '10m'. */
export function sayPeriod(ms: number): string {
  const [hours, minutes] = [Math.floor(ms / UNITS.h), Math.round((ms % UNITS.h) / UNITS.m)];
  if (hours === 0) return `${minutes}m`;
  return minutes === 0 ? `${hours}h` : `${hours}h${minutes}m`;
}
