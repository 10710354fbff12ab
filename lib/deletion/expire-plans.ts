import { sql } from 'drizzle-orm';
import { deletionSource } from '@/db/schema/deletion';
import type { Context } from '@/lib/people/context';
import { sourceOf } from './sources';

const ITEMS_AT_ONCE = 50_000;

/**
 * Marks the previews that may not be run any more, and removes the items of those that never were, a bounded number a
 * call. The plan itself, with its figures and its hash, stays. Returns how many items were removed.
 */
export async function expirePlans(ctx: Context): Promise<number> {
  const now = ctx.clock.now().toISOString();
  await ctx.db.execute(sql`
    update plans set state = 'expired' where state = 'ready' and expires_at <= ${now}::timestamptz`);
  const removed = await ctx.db.execute<{ count: number }>(sql`
    with gone as (
      delete from plan_items where ctid = any(array(
        select item.ctid from plan_items item join plans p on p.id = item.plan_id
        where p.state = 'expired' limit ${ITEMS_AT_ONCE}
      )) returning 1
    )
    select count(*)::int as count from gone`);
  for (const source of deletionSource.enumValues) {
    const { planRows } = sourceOf(source);
    if (planRows === null) continue;
    await ctx.db.execute(sql`
      delete from ${planRows} where ctid = any(array(
        select part.ctid from ${planRows} part join plans p on p.id = part.plan_id
        where p.state = 'expired' limit ${ITEMS_AT_ONCE}
      ))`);
  }
  return removed[0]?.count ?? 0;
}
