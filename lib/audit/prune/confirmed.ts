import { eq, sql } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { whyUnconfirmed } from '../archive/confirm-archive';

export interface Confirmed {
  /** Exclusive, of time_completed: the archives of everything before are in the storage, as they were verified. */
  until: string;
  /** Why that is not as far as was asked; null when it is. */
  problem: string | null;
}

/**
 * How far the archives can be counted upon now (L5): they were verified weeks before the rows of the hot tier go, and an
 * object can be lost or overwritten by then. Asks the storage for those only that have rows in the hot tier before `until`.
 */
export async function confirmedUntil(ctx: Context, until: string): Promise<Confirmed> {
  const waiting = await ctx.db.execute<{ id: string; from: string }>(sql`
    select g.archive_id::text as id, audit_encoded_time(min(g.window_start)) as "from"
    from audit_segments g join audit_archives a on a.id = g.archive_id and a.state = 'verified' and a.hot_pruned_at is null
    where g.leaves is not null and g.window_start < ${until}::timestamptz
    group by g.archive_id
    order by min(g.window_start)`);
  for (const { id, from } of waiting) {
    const [archive] = await ctx.db.select().from(auditArchives).where(eq(auditArchives.id, id));
    const why = archive && (await whyUnconfirmed(ctx, archive));
    if (!why) continue;
    const problem = `${why} What became final from ${from} on is not pruned: the database may have the only copy.`;
    ctx.log.error(
      { archive: id, why },
      'an archive cannot be counted upon, and nothing is pruned for its sake',
    );
    return { until: from, problem };
  }
  return { until, problem: null };
}
