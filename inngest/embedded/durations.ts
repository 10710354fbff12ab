const UNIT_MS: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** '1d2h30m10s', as the SDK writes durations, in milliseconds. Throws when it is nothing of the kind. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new Error(`"${text}" is not a duration such as 1d2h30m10s`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** The end of a wait that is given as a duration from `from`, or as an instant in ISO 8601. */
export function parseWait(text: string, from: Date): Date {
  if (/^\d{4}-/.test(text)) return new Date(text);
  // The SDK writes a wait of no time as an empty text.
  return new Date(from.getTime() + (text === '' ? 0 : parseDuration(text)));
}

/** The end of a `retry-after` header: seconds from `from`, or a date. NULL when there is none or it makes no sense. */
export function parseRetryAfter(header: string | null, from: Date): Date | null {
  if (header === null) return null;
  const end = /^\d+$/.test(header) ? new Date(from.getTime() + Number(header) * 1000) : new Date(header);
  return Number.isNaN(end.getTime()) ? null : end;
}

const BACKOFF_SECONDS = [10, 30, 60, 300, 600, 1200, 1800];

/** How long to wait after the failed attempt `attempt` (0, 1, ...), in milliseconds: growing, with a tenth of chance. */
export function backoffMs(attempt: number): number {
  const seconds = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length - 1)] ?? 10;
  return seconds * 1000 * (1 + Math.random() / 10);
}
