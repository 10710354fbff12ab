import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { refuse } from './record';

/** Throws 'forbidden', which leaves an event itself, for whoever may not read the audit log. */
export async function mayReadLog(ctx: Context): Promise<void> {
  if (!can(ctx.actor, 'audit.read')) await refuse(ctx, {}, 'Only admins and auditors read the audit log.');
}
