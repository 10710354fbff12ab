import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { StoredLimits } from '@/db/schema/audit-archive';
import { limitsOf } from './limits-of';

const keyOf = (stream: string): SQL => sql`hashtextextended(${`lapse:audit-stream:${stream}`}, 0)`;

/**
 * For whoever appends: until its transaction ends, neither the limits of the stream nor its counters change but by appends.
 * Returns the limits; null: it has none, and nothing is counted. Those who append do not wait for each other.
 */
export async function enterStream(tx: Transaction, stream: string): Promise<StoredLimits | null> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${keyOf(stream)})`);
  // A statement of its own, so that it sees what was committed before the lock was given.
  return (await limitsOf(tx, stream)) ?? null;
}

/**
 * For whoever cleans the stream, counts it, changes its limits or places a hold: waits for those who append to it, and keeps
 * new ones out until the transaction ends. Take the lock of sealing first where both are needed.
 */
export const lockStream = (tx: Transaction, stream: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(${keyOf(stream)})`);
