import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { StoredLimits } from '@/db/schema/audit-archive';

/** The limits in force of a stream; null: it has none; undefined: there is no such stream. */
export async function limitsOf(db: Queryable, stream: string): Promise<StoredLimits | null | undefined> {
  const [row] = await db.execute<{ limits: StoredLimits | null }>(
    sql`select limits from audit_streams where name = ${stream}`,
  );
  return row?.limits;
}
