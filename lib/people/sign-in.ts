import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { people } from '@/db/schema/people';
import { type AuditSubject, audited } from '@/lib/audit/record';
import { LapseError } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import type { UserActor } from './actor';
import type { Context } from './context';
import { verifyPassword } from './password';
import { admitAttempt, markSucceeded } from './sign-in-limits';

const schema = z.object({
  username: z
    .string('give the user name')
    .trim()
    .toLowerCase()
    .min(1, 'give the user name')
    .max(254, 'a user name has 254 characters at the most')
    .refine((name) => !name.includes('\0'), 'a NUL byte is not allowed'),
  // argon2 reads all of it, so without an end a long text would keep the server busy.
  password: z
    .string('give the password')
    .min(1, 'give the password')
    .max(1024, 'a password has 1024 characters at the most'),
  address: z.string().optional(),
});

/**
 * Checks a user name and password and returns the person. Throws a LapseError: 'invalid' when something is missing,
 * 'rate_limited' with the time to wait, 'unauthenticated' when the pair is not right, and 'forbidden' for a disabled
 * account, which only somebody who knows its password learns. `address` is where the request came from.
 *
 * The audit log has a success as the person's own event. Whoever failed has proven nothing: he stays unknown, and the
 * account that he tried to get into is the target.
 */
export async function signIn(ctx: Context, input: unknown): Promise<UserActor> {
  const { username, password, address } = parse(schema, input);
  const anonymous: Context = { ...ctx, actor: { type: 'anonymous', ...(address && { address }) } };
  const admission = await admitAttempt(ctx.db, { username, address, now: ctx.clock.now() });
  if (!admission.admitted) return refuseForNow(anonymous, admission);

  const [row] = await ctx.db.select().from(people).where(eq(people.username, username)).limit(1);
  // An unknown name is not written down: people type their password into the wrong field.
  const subject: AuditSubject = { action: 'session.sign-in', ...(row && { target: `person:${row.id}` }) };
  const refusal = await refusalOf(row, password);
  if (!row || refusal) {
    return audited(anonymous, subject, async () => {
      throw refusal ?? wrongPair();
    });
  }

  const person: UserActor = {
    type: 'user',
    personId: row.id,
    username: row.username,
    displayName: row.displayName,
    role: row.role,
    timeZone: row.timeZone,
    ...(address && { address }),
  };
  return audited({ ...ctx, actor: person }, subject, (event) =>
    ctx.db.transaction(async (tx) => {
      await markSucceeded(tx, admission.attemptIds);
      await event.succeed(tx, { newValue: { method: 'password' } });
      return person;
    }),
  );
}

/** Why whoever gave this password is not let in; null when it is the account's. Takes as long for an unknown name. */
async function refusalOf(
  row: typeof people.$inferSelect | undefined,
  password: string,
): Promise<LapseError | null> {
  const right = await verifyPassword(row?.passwordHash ?? null, password);
  if (!row || !right) return wrongPair();
  if (!row.disabledAt) return null;
  return new LapseError('forbidden', 'This account is disabled. An admin can enable it again.');
}

const wrongPair = () => new LapseError('unauthenticated', 'The user name or the password is not right.');

async function refuseForNow(
  ctx: Context,
  { waitMs, firstTime }: { waitMs: number; firstTime: boolean },
): Promise<never> {
  const minutes = Math.ceil(waitMs / 60_000);
  const refusal = new LapseError(
    'rate_limited',
    `Too many failed attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  );
  if (!firstTime) {
    ctx.log.warn('a sign-in was refused: too many failed attempts');
    throw refusal;
  }
  return audited(ctx, { action: 'session.sign-in' }, async () => {
    throw refusal;
  });
}
