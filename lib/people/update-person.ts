import { and, count, eq, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { people } from '@/db/schema/people';
import { audited } from '@/lib/audit/record';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { optionalText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { can } from './access';
import { actorPersonId } from './actor';
import { becomingAdmin } from './admin-since';
import type { Context } from './context';
import { roleField, usernameField } from './person-fields';

const input = z.strictObject({
  username: usernameField,
  role: roleField.optional(),
  disabled: z.boolean('use true or false').optional(),
  reason: optionalText(2000),
});

export interface UpdatedPerson {
  username: string;
  role: 'host' | 'admin' | 'auditor';
  disabled: boolean;
  /** False: it was so already. */
  changed: boolean;
}

/**
 * Gives somebody another role, or disables or enables the account; it takes effect at the person's next request. Sessions
 * from before an account was disabled or enabled do not come back; a changed role needs no new one, because every request
 * reads the role anew. Who becomes an admin by it approves
 * only what is made 7 days later, unless the shell made him one. The last admin stays one, and nobody disables himself. Throws 'invalid', 'forbidden', 'not_found', 'conflict'.
 */
export async function updatePerson(ctx: Context, args: z.input<typeof input>): Promise<UpdatedPerson> {
  const { username, role, disabled, reason } = parse(input, args);
  // Neither ids nor user names ever change, so the person of the event is the one that is locked below.
  const [known] = await ctx.db.select({ id: people.id }).from(people).where(eq(people.username, username));
  const subject = { ...(known && { target: `person:${known.id}` }), ...(reason && { reason }) };
  return audited(ctx, { action: 'person.update', ...subject }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'people.manage')) throw forbidden('Only admins change people.');
      await lockAdmins(tx);
      const [person] = await tx.select().from(people).where(eq(people.username, username)).for('update');
      if (!person) throw notFound(`There is nobody with the user name ${username}.`);
      const before = { role: person.role, disabled: person.disabledAt !== null };
      const after = { role: role ?? before.role, disabled: disabled ?? before.disabled };
      const changed = after.role !== before.role || after.disabled !== before.disabled;
      if (changed) {
        const isAdmin = before.role === 'admin' && !before.disabled;
        const staysAdmin = after.role === 'admin' && !after.disabled;
        if (after.disabled && actorPersonId(ctx.actor) === person.id) {
          throw conflict('You cannot disable your own account. Another admin can.');
        }
        if (isAdmin && !staysAdmin) await assertAnotherAdmin(tx, person.id);
        await tx
          .update(people)
          .set({
            role: after.role,
            ...becomingAdmin(ctx, before, after),
            // Also at enabling: a sign-in that was under way while the account was disabled has made a cookie since.
            ...(after.disabled !== before.disabled && {
              disabledAt: after.disabled ? ctx.clock.now() : null,
              sessionsValidFrom: ctx.clock.now(),
            }),
          })
          .where(eq(people.id, person.id));
      }
      await event.succeed(tx, {
        oldValue: { personId: person.id, username, ...before },
        newValue: { personId: person.id, username, ...after },
      });
      return { username, ...after, changed };
    }),
  );
}

/** Two admins who remove each other at the same moment would leave none: the admins' rows are locked, in order. */
async function lockAdmins(tx: Transaction): Promise<void> {
  await tx
    .select({ id: people.id })
    .from(people)
    .where(eq(people.role, 'admin'))
    .orderBy(people.id)
    .for('update');
}

async function assertAnotherAdmin(tx: Transaction, personId: number): Promise<void> {
  const [others] = await tx
    .select({ number: count() })
    .from(people)
    .where(and(eq(people.role, 'admin'), isNull(people.disabledAt), ne(people.id, personId)));
  if (others?.number === 0) throw conflict('This is the last admin who can sign in. Add another one first.');
}
