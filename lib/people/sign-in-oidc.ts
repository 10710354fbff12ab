import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { people } from '@/db/schema/people';
import { type AuditSubject, audited } from '@/lib/audit/record';
import { forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import type { AnonymousActor, UserActor } from './actor';
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
 * are unknown or disabled. The audit log has a success as the person's own event, from the address of `ctx`.
 */
export async function signInWithOidc(
  ctx: Context & { actor: AnonymousActor },
  input: unknown,
): Promise<UserActor> {
  const claims = parse(schema, input);
  const found = await findPerson(ctx, claims);
  const subject: AuditSubject = { action: 'session.sign-in', ...(found && { target: `person:${found.id}` }) };
  const person = found && (await loadPerson(ctx.db, found.id));
  if (!found || !person) {
    return audited(ctx, subject, async () => {
      throw found ? disabled() : forbidden(UNKNOWN);
    });
  }

  const { address } = ctx.actor;
  const actor: UserActor = { ...person, ...(address && { address }) };
  return audited({ ...ctx, actor }, subject, (event) =>
    ctx.db.transaction(async (tx) => {
      const linked = found.oidcSubject === null;
      if (linked && !(await link(tx, found.id, claims.subject))) throw forbidden(UNKNOWN);
      if (!(await loadPerson(tx, found.id))) throw disabled();
      await event.succeed(tx, { newValue: { method: 'oidc', linked } });
      return actor;
    }),
  );
}

const disabled = () => forbidden('This account is disabled. An admin can enable it again.');

/** Ties the account to the subject; false when another one was faster. */
async function link(tx: Transaction, personId: number, subject: string): Promise<boolean> {
  const linked = await tx
    .update(people)
    .set({ oidcSubject: subject })
    .where(and(eq(people.id, personId), isNull(people.oidcSubject)))
    .returning({ id: people.id });
  return linked.length > 0;
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
