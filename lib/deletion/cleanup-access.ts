import type { AuditAction } from '@/lib/audit/actions';
import { audited, refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';

/** Throws 'forbidden', and leaves an audit event, unless the actor may read plans, runs and receipts. */
export async function mayReadCleanups(ctx: Context): Promise<void> {
  if (!can(ctx.actor, 'cleanup.read')) {
    await refuse(ctx, { target: 'cleanup' }, 'Only admins and auditors may see cleanups.');
  }
}

/** The same for working on a run. Who may is a job or an admin's command; a refusal is an event of the run. */
export async function mayRunCleanups(ctx: Context, action: AuditAction, target: string): Promise<void> {
  if (can(ctx.actor, 'cleanup.run')) return;
  await audited(ctx, { action, target }, async () => {
    throw forbidden('Only admins may run a cleanup.');
  });
}
