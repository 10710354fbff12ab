import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';

/** Incomplete events older than this are marked 'timeout' (O2). */
export const TIMEOUT_AFTER_HOURS = 4;
export const TIMEOUTS_PER_RUN = 1000;

/** Marks incomplete events older than 4 hours as 'timeout', oldest first, 1,000 at the most; returns how many (O2). */
export async function markTimeouts(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const cutoff = new Date(now.getTime() - TIMEOUT_AFTER_HOURS * 60 * 60 * 1000).toISOString();
  const marked = await ctx.db.execute(sql`
    with late as (
      select time_started, id from audit_events
      where time_completed is null and time_started < ${cutoff}
      order by time_started, id
      limit ${TIMEOUTS_PER_RUN}
      for update skip locked
    )
    update audit_events as event
    set time_completed = ${now.toISOString()}, result = 'timeout'
    from late
    where event.time_started = late.time_started and event.id = late.id and event.time_completed is null
    returning event.id
  `);
  return marked.length;
}

const WEEKS_AHEAD = 8;

/** Makes the weekly partitions of the coming two months, so that no insert ever finds none; returns how many were new. */
export async function ensurePartitions(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const rows = await ctx.db.execute<{ made: number }>(
    sql`select ensure_audit_partitions(${now.toISOString()}::timestamptz, ${addDays(now, WEEKS_AHEAD * 7).toISOString()}::timestamptz) as made`,
  );
  return rows[0]?.made ?? 0;
}
