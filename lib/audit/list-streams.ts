import { asc } from 'drizzle-orm';
import { auditStreams } from '@/db/schema/audit-archive';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';

/** The names of all streams of the audit log, in order. Throws 'forbidden', which leaves an event. */
export async function listStreams(ctx: Context): Promise<string[]> {
  if (!can(ctx.actor, 'audit.read')) await refuse(ctx, {}, 'Only admins and auditors read the audit log.');
  const rows = await ctx.db
    .select({ name: auditStreams.name })
    .from(auditStreams)
    .orderBy(asc(auditStreams.name))
    .limit(1000);
  return rows.map(({ name }) => name);
}
