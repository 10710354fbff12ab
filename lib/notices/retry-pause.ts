const HOUR_MS = 60 * 60 * 1000;

/** An address that took nothing in so many attempts is given up; the last of them is some five days after the first. */
export const MAX_ATTEMPTS = 10;

/** How long what failed waits after its nth attempt (n from 1): 1, 2, 4 ... hours, 24 at the most. Milliseconds. */
export const retryPauseMs = (attempt: number): number => Math.min(24, 2 ** (attempt - 1)) * HOUR_MS;
