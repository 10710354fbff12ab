import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { people } from '@/db/schema/people';
import { audited } from '@/lib/audit/record';
import { conflict, forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { can } from './access';
import { becomingAdmin } from './admin-since';
import type { Context } from './context';
import { hashPassword } from './password';
import {
  displayNameField,
  emailField,
  passwordField,
  roleField,
  timeZoneField,
  usernameField,
} from './person-fields';

const input = z.strictObject({
  username: usernameField,
  email: emailField,
  displayName: displayNameField,
  role: roleField,
  /** Left out for somebody who comes by single sign-on only. */
  password: passwordField.optional(),
  /** An IANA name; UTC when it is left out. */
  timeZone: timeZoneField.default('UTC'),
});

export type CreatePersonInput = z.input<typeof input>;

/**
 * Adds somebody who can sign in. Throws 'invalid', 'forbidden', and 'conflict' when the user name or the address is
 * taken. The password is in no audit event.
 */
export async function createPerson(
  ctx: Context,
  args: CreatePersonInput,
): Promise<{ personId: number; username: string }> {
  const { password, ...person } = parse(input, args);
  // The event is written before the person is, and says whom it adds. An id that comes to nothing is never used again.
  const id = can(ctx.actor, 'people.manage') ? await nextPersonId(ctx.db) : null;
  const target = id === null ? {} : { target: `person:${id}` };
  return audited(ctx, { action: 'person.create', ...target }, async (event) => {
    if (id === null) throw forbidden('Only admins add people.');
    const passwordHash = password === undefined ? null : await hashPassword(password);
    const since = becomingAdmin(ctx, null, { role: person.role, disabled: false });
    return ctx.db.transaction(async (tx) => {
      const [created] = await tx
        .insert(people)
        .overridingSystemValue()
        .values({ id, ...person, ...since, passwordHash, createdAt: ctx.clock.now() })
        .onConflictDoNothing()
        .returning({ personId: people.id });
      if (!created) {
        throw conflict(
          `Somebody has the user name ${person.username} or the address ${person.email} already.`,
        );
      }
      await event.succeed(tx, {
        newValue: { ...created, ...person, signsInBy: passwordHash === null ? 'single sign-on' : 'password' },
      });
      return { ...created, username: person.username };
    });
  });
}

async function nextPersonId(db: Queryable): Promise<number> {
  const [next] = await db.execute<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('people', 'id'))::int as id`,
  );
  if (!next) throw new Error('the sequence of people gave no id');
  return next.id;
}
