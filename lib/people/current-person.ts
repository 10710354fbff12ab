import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { people } from '@/db/schema/people';
import type { UserActor } from './actor';

/** The person as an actor, as the database has it now; null when there is no such person or the account is disabled. */
export async function loadPerson(db: Queryable, personId: number): Promise<UserActor | null> {
  const [person] = await db
    .select({
      personId: people.id,
      username: people.username,
      displayName: people.displayName,
      role: people.role,
      timeZone: people.timeZone,
    })
    .from(people)
    .where(and(eq(people.id, personId), isNull(people.disabledAt)))
    .limit(1);
  return person ? { type: 'user', ...person } : null;
}
