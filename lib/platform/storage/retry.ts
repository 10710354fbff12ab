import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryPolicy {
  /** All attempts together, the first one included. */
  attempts: number;
  baseDelayMs: number;
  maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseDelayMs: 100, maxDelayMs: 10_000 };

/**
 * The pause after attempt 1, 2, 3 ...: any length from nothing to a ceiling that doubles with every attempt ("full
 * jitter"), so that many clients which failed together do not come back together.
 */
export function retryDelayMs(
  attempt: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return random() * ceiling;
}

export const pauseAfter = (attempt: number, policy: RetryPolicy) => sleep(retryDelayMs(attempt, policy));

/** Calls until it succeeds, fails for good, or the attempts are used up; the last error is thrown as it is. */
export async function withRetries<T>(
  policy: RetryPolicy,
  isRetryable: (error: unknown) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= policy.attempts || !isRetryable(error)) throw error;
      await pauseAfter(attempt, policy);
    }
  }
}
