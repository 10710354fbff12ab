import { setTimeout as sleep } from 'node:timers/promises';
import { LapseError } from '@/lib/platform/errors';

/** Serialization failure, deadlock, and a lock that was not given in time. */
const CONFLICTS = new Set(['40001', '40P01', '55P03']);

export interface RetryOptions {
  /** How often the work is tried at the most. */
  attempts?: number;
  /** Waits that many milliseconds. */
  pause?: (ms: number) => Promise<unknown>;
  /** From 0 to 1: spreads those who met each other. */
  random?: () => number;
}

const FIRST_PAUSE_MS = 50;

/**
 * Does `work` again when it met others in the database, after pauses that double and are spread by chance: half of
 * each is certain (M3). Throws 'unavailable' when it met others each time; other errors as they are.
 */
export async function retryConflicts<T>(
  work: (attempt: number) => Promise<T>,
  { attempts = 6, pause = sleep, random = Math.random }: RetryOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!CONFLICTS.has(String(sqlStateOf(error)))) throw error;
      if (attempt >= attempts) {
        throw new LapseError(
          'unavailable',
          `Others were at work on the same each of ${attempts} times that it was tried. Nothing was changed.`,
          { cause: error },
        );
      }
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random() / 2));
    }
  }
}

/** The SQLSTATE of a failed query, which Drizzle wraps. */
function sqlStateOf(error: unknown): unknown {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
