/** The only source of "now" in the product, so that tests can stand at any instant. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still at `instant` (an ISO 8601 text or a Date) until it is moved. For tests and seeds. */
export function fixedClock(instant: string | Date): Clock & { set(next: string | Date): void } {
  let current = new Date(instant);
  return {
    now: () => new Date(current),
    set: (next) => {
      current = new Date(next);
    },
  };
}

export const DAY_MS = 24 * 60 * 60 * 1000;

/** `instant` moved by whole days of 24 hours (negative: earlier). Days are counted in UTC, so there is no summer time in them. */
export function addDays(instant: Date, days: number): Date {
  return new Date(instant.getTime() + days * DAY_MS);
}
