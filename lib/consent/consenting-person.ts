import { eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import { isHostOf } from '@/lib/people/access';
import type { Actor, TokenActor } from '@/lib/people/actor';
import { forbidden, invalid, notFound } from '@/lib/platform/errors';

export interface ConsentingPerson {
  id: number;
  username: string;
  displayName: string;
}

/**
 * Who decides for the challenge: the signed-in person, or, for somebody with a shell on the server, the host that he
 * names (E22). Account and membership are read in the caller's transaction, because a session may be older than a
 * change of either. Throws 'forbidden' for everybody who is no host by E3.
 */
export async function consentingPerson(
  tx: Transaction,
  actor: Actor,
  challengeId: number,
  onBehalfOf: string | undefined,
  now: Date,
): Promise<ConsentingPerson> {
  const person = await findPerson(tx, actor, onBehalfOf, now);
  if (person.disabledAt) throw forbidden(`The account of ${person.username} is disabled.`);
  if (person.role === 'auditor') throw forbidden('Auditors read everything and change nothing.');
  if (!(await isHostOf(tx, person.id, challengeId))) {
    throw forbidden(
      `${person.username} is not a host of challenge ${challengeId}: only accepted members of its team with the permission Admin or Write may decide.`,
    );
  }
  return { id: person.id, username: person.username, displayName: person.displayName };
}

async function findPerson(tx: Transaction, actor: Actor, onBehalfOf: string | undefined, now: Date) {
  if (actor.type === 'user') {
    if (onBehalfOf !== undefined) throw forbidden("Nobody can decide in somebody else's name here.");
    const [person] = await tx.select().from(people).where(eq(people.id, actor.personId));
    if (!person) throw forbidden('This account does not exist any more.');
    return person;
  }
  if (actor.type === 'token') {
    if (onBehalfOf !== undefined) throw forbidden("A token decides in its own host's name only.");
    return hostOfToken(tx, actor, now);
  }
  if (actor.type !== 'cli') throw forbidden('Only hosts of the challenge may give or withdraw consent.');
  if (onBehalfOf === undefined)
    throw invalid('Name the host who decides.', { onBehalfOf: 'give a user name' });
  const [person] = await tx.select().from(people).where(eq(people.username, onBehalfOf.toLowerCase()));
  if (!person) throw notFound(`There is nobody with the user name ${onBehalfOf}.`);
  return person;
}

/**
 * The host in whose name a token decides. The token is read again and its row locked, so that a revocation that commits
 * first wins, and one that comes later waits for the decision.
 */
async function hostOfToken(tx: Transaction, actor: TokenActor, now: Date) {
  const [row] = await tx
    .select({ token: apiTokens, person: people })
    .from(apiTokens)
    .leftJoin(people, eq(people.id, apiTokens.actsFor))
    .where(eq(apiTokens.id, actor.tokenId))
    .for('share', { of: apiTokens });
  if (!row || row.token.revokedAt || row.token.expiresAt <= now) throw forbidden('This token has ended.');
  if (!row.person || !row.token.scopes.includes('consent:write')) {
    throw forbidden(
      'This token decides for nobody: only a host gives or withdraws consent, or a token that acts in the name of one.',
    );
  }
  if (!row.token.actsForAcceptedAt) {
    throw forbidden(`${row.person.username} has not accepted yet that this token decides in their name.`);
  }
  return row.person;
}
