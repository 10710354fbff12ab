import { desc, gt } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditVerifications } from '@/db/schema/audit-verify';
import type { Problem } from './chain';

/** An end that is missing leaves no gap: that the chain was longer once is all that tells of it. */
export async function cutOff(db: Queryable, statements: number): Promise<Problem[]> {
  const [longest] = await db
    .select({ statements: auditVerifications.statements, at: auditVerifications.startedAt })
    .from(auditVerifications)
    .where(gt(auditVerifications.statements, statements))
    .orderBy(desc(auditVerifications.statements))
    .limit(1);
  if (!longest) return [];
  const words = `The chain ends at statement ${statements}, and reached to ${longest.statements} on ${longest.at.toISOString()}: its end was cut off, or the database was set back.`;
  return [{ kind: 'chain', words }];
}
