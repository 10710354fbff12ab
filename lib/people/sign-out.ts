import { eq } from 'drizzle-orm';
import { people } from '@/db/schema/people';
import { audited } from '@/lib/audit/record';
import type { UserActor } from './actor';
import type { Context } from './context';

/**
 * Ends every session of the person, on every device: a cookie that was copied is worth nothing afterwards. The caller takes
 * the own cookie away.
 */
export async function signOut(ctx: Context & { actor: UserActor }): Promise<void> {
  const { personId } = ctx.actor;
  await audited(ctx, { action: 'session.sign-out', target: `person:${personId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      await tx.update(people).set({ sessionsValidFrom: ctx.clock.now() }).where(eq(people.id, personId));
      await event.succeed(tx);
    }),
  );
}
