import { asc, gt } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditStatements } from '@/db/schema/audit-seal';
import type { ChainLink } from '../seal/statement';

const BATCH = 500;

/** The statements of the chain as they are stored, in order, a batch at a time. */
export async function* chainLinks(db: Queryable, after = 0): AsyncGenerator<ChainLink> {
  let last = after;
  while (true) {
    const rows = await db
      .select({
        sequence: auditStatements.sequence,
        body: auditStatements.body,
        signature: auditStatements.signature,
      })
      .from(auditStatements)
      .where(gt(auditStatements.sequence, last))
      .orderBy(asc(auditStatements.sequence))
      .limit(BATCH);
    yield* rows;
    const newest = rows.at(-1);
    if (rows.length < BATCH || !newest) return;
    last = newest.sequence;
  }
}
