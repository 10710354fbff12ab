import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { people } from '@/db/schema/people';
import { audited } from '@/lib/audit/record';
import { forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import type { UserActor } from './actor';
import type { Context } from './context';
import { loadPerson } from './current-person';

const schema = z.object({
  /** The 'sub' claim: the provider's name for the person, which never changes hands. */
  subject: z.string().min(1).max(255),
  email: z.email().max(320).optional(),
  emailVerified: z.boolean(),
});

const UNKNOWN =
  'Nobody here has the account that you signed in with. Ask an admin to add you with its e-mail address.';

/**
 * Finds the person who came by single sign-on: by the subject that is on record, else by an e-mail address that the
 * provider has verified, whose subject is then put on record. Nobody is ever created. Throws 'forbidden' for people who
 * are unknown or disabled.
 */
export async function signInWithOidc(ctx: Context, input: unknown): Promise<UserActor> {
  const claims = parse(schema, input);
  const found = await findPerson(ctx, claims);
  const target = found ? { target: `person:${found.id}` } : {};
  return audited(ctx, { action: 'session.sign-in', ...target }, async (event) => {
    if (!found) throw forbidden(UNKNOWN);
    return ctx.db.transaction(async (tx) => {
      if (found.oidcSubject === null) {
        const linked = await tx
          .update(people)
          .set({ oidcSubject: claims.subject })
          .where(and(eq(people.id, found.id), isNull(people.oidcSubject)))
          .returning({ id: people.id });
        if (linked.length === 0) throw forbidden(UNKNOWN);
      }
      const person = await loadPerson(tx, found.id);
      if (!person) throw forbidden('This account is disabled. An admin can enable it again.');
      await event.succeed(tx, { newValue: { method: 'oidc', linked: found.oidcSubject === null } });
      return person;
    });
  });
}

async function findPerson(ctx: Context, claims: z.output<typeof schema>) {
  const columns = { id: people.id, oidcSubject: people.oidcSubject };
  const [bySubject] = await ctx.db
    .select(columns)
    .from(people)
    .where(eq(people.oidcSubject, claims.subject))
    .limit(1);
  if (bySubject) return bySubject;
  if (!claims.email || !claims.emailVerified) return undefined;
  // An account that is tied to another subject is another person, though the address may have passed on.
  const [byEmail] = await ctx.db
    .select(columns)
    .from(people)
    .where(and(eq(people.email, claims.email.toLowerCase()), isNull(people.oidcSubject)))
    .limit(1);
  return byEmail;
}
