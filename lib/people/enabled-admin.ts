import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { people } from '@/db/schema/people';

export interface ApprovingAdmin {
  personId: number;
  /** NULL: always. */
  adminSince: Date | null;
}

/** The person as he is now, and not as he was when he signed in; null: no enabled admin. */
export async function enabledAdmin(db: Queryable, personId: number): Promise<ApprovingAdmin | null> {
  const [admin] = await db
    .select({ personId: people.id, adminSince: people.adminSince })
    .from(people)
    .where(and(eq(people.id, personId), eq(people.role, 'admin'), isNull(people.disabledAt)));
  return admin ?? null;
}
