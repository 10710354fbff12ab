const FIRST_MS = 5 * 60 * 1000;
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * When an object whose deletion failed is tried again: 5 minutes after the first failure, twice as long after each
 * further one, a day at the most; of that between a half and all, so that what failed together does not come back
 * together. `attempts` counts the failures, this one included.
 */
export function nextAttempt(now: Date, attempts: number, random: () => number = Math.random): Date {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 30));
  return new Date(now.getTime() + ceiling * (0.5 + random() / 2));
}
