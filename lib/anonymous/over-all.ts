import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';

/**
 * For queries over all anonymous data. Postgres knows nothing of how many rows their parts have, takes them for few, and would
 * compare each with each or sort them; here it hashes them instead, in memory while they fit.
 */
export const overAll = <T>(db: Queryable, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
      set_config('work_mem', '64MB', true)`);
    return work(tx);
  });
