import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { sayLacking } from '@/lib/tokens/lacking-permission';

/** Anonymous data is for admins and auditors, and for tokens that may. Throws 'forbidden' (which leaves an audit event). */
export async function requireAnonymousRead(ctx: Context, target: string): Promise<void> {
  if (can(ctx.actor, 'anonymous-data.read')) return;
  const words = 'Only admins and auditors see anonymous data.';
  await refuse(ctx, { target }, sayLacking(ctx.actor, 'anonymous-data.read', words));
}
