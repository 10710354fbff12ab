import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { PARTITION_NAME } from './partition-name';

/**
 * Lets go of the leaves of the segments whose rows are all gone from the hot tier, as their archives give them, and marks the
 * archives none of whose rows are left there. `until` is covered by a prune on record. Waits while a partition is half
 * detached: its rows cannot be seen, and the leaves are needed to look at them.
 */
export async function markPruned(ctx: Context, until: string): Promise<void> {
  if (await isDetaching(ctx)) return;
  await ctx.db.execute(sql`
    update audit_segments g set leaves = null
    where g.leaves is not null and g.window_end <= ${until}::timestamptz
      and not exists (
        select from audit_events e where e.time_completed >= g.window_start and e.time_completed < g.window_end)`);
  // What the limits of streams removed in that time needs no explanation of its own any more.
  await ctx.db.execute(sql`
    update audit_prunes set leaves = null where leaves is not null and until < ${until}::timestamptz`);
  await ctx.db.execute(sql`
    update audit_archives a set hot_pruned_at = ${ctx.clock.now().toISOString()}::timestamptz
    where a.hot_pruned_at is null and a.state = 'verified'
      and exists (select from audit_segments g where g.archive_id = a.id)
      and not exists (select from audit_segments g where g.archive_id = a.id and g.leaves is not null)`);
}

/** Whether a run ended between detaching a partition and dropping it. */
export async function isDetaching(ctx: Context): Promise<boolean> {
  const rows = await ctx.db.execute(sql`
    select from pg_class c left join pg_inherits i on i.inhrelid = c.oid
    where c.relkind = 'r' and c.relname ~ ${PARTITION_NAME}
      and c.relnamespace = (select relnamespace from pg_class where oid = 'audit_events'::regclass)
      and (i.inhrelid is null or i.inhdetachpending)
    limit 1`);
  return rows.length > 0;
}
