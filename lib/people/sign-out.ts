import { audited } from '@/lib/audit/record';
import { actorKey } from './actor';
import type { Context } from './context';

/** Writes down that the session ended; the caller takes the cookie away. */
export async function signOut(ctx: Context): Promise<void> {
  const target = ctx.actor.type === 'user' ? { target: `person:${ctx.actor.personId}` } : {};
  await audited(ctx, { action: 'session.sign-out', ...target }, async () => {
    ctx.log.debug({ actor: actorKey(ctx.actor) }, 'signed out');
  });
}
