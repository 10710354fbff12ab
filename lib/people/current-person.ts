import { and, eq, isNull, lte, type SQL } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { people } from '@/db/schema/people';
import type { UserActor } from './actor';

/** The person as an actor, as the database has it now; null when there is no such person or the account is disabled. */
export async function loadPerson(db: Queryable, personId: number): Promise<UserActor | null> {
  return findPerson(db, eq(people.id, personId));
}

/**
 * The same for a session that began at `issuedAt`: null as well when the person's sessions of then were ended since, by
 * signing out or by disabling the account.
 */
export async function loadSessionPerson(
  db: Queryable,
  session: { personId: number; issuedAt: Date },
): Promise<UserActor | null> {
  return findPerson(
    db,
    and(eq(people.id, session.personId), lte(people.sessionsValidFrom, session.issuedAt)),
  );
}

async function findPerson(db: Queryable, condition: SQL | undefined): Promise<UserActor | null> {
  const [person] = await db
    .select({
      personId: people.id,
      username: people.username,
      displayName: people.displayName,
      role: people.role,
      timeZone: people.timeZone,
    })
    .from(people)
    .where(and(condition, isNull(people.disabledAt)))
    .limit(1);
  return person ? { type: 'user', ...person } : null;
}
