import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { LapseError } from '@/lib/platform/errors';

/** A new partition needs the whole table for an instant; others wait behind it, so it gives up soon. */
const LOCK_TIMEOUT_MS = 1000;
const RETRY_DELAYS_MS = [0, 300];

/** Postgres found no partition for a row (check_violation), or did not get a lock in time. */
const NO_PARTITION = '23514';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs `write`, and once more with new partitions when those for events of older times are missing: a month each, since
 * weeks for ten years would be more relations than one query may lock. The weeks from now on are made ahead by a job, so
 * that events of these days never come here. Throws 'unavailable' when the log is too busy to be given a partition.
 */
export async function withPartitions<T>(
  db: Database,
  rows: readonly { timeStarted: string }[],
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (codeOf(error) !== NO_PARTITION) throw error;
  }
  for (const [first, last] of months(rows)) await makePartitions(db, first, last);
  return write();
}

/** The first and the last instant of each month that has any. */
function months(rows: readonly { timeStarted: string }[]): [string, string][] {
  const found = new Map<string, [string, string]>();
  for (const { timeStarted: at } of rows) {
    const month = at.slice(0, 7);
    const [first, last] = found.get(month) ?? [at, at];
    found.set(month, [at < first ? at : first, at > last ? at : last]);
  }
  return [...found.values()];
}

/** What is there already stays, so it is asked for each month; each is a transaction of its own, and so a short lock. */
async function makePartitions(db: Database, first: string, last: string): Promise<void> {
  for (const delay of RETRY_DELAYS_MS) {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    try {
      await db.transaction(async (tx) => {
        await tx.execute(sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`);
        await tx.execute(
          sql`select ensure_audit_partitions(${first}::timestamptz, ${last}::timestamptz, 'month')`,
        );
      });
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
  throw new LapseError(
    'unavailable',
    `There is no room yet for events of ${first.slice(0, 7)}, and the log is too busy to make it: send them again.`,
  );
}

/** The SQLSTATE of a failed query, which Drizzle wraps. */
function codeOf(error: unknown): unknown {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
