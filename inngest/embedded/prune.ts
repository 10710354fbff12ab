import { sql } from 'drizzle-orm';
import { addDays } from '@/lib/platform/clock';
import type { RunnerContext } from './runner-context';

/** How long the runner remembers what is over. Until then an event's id cannot begin a second run. */
export const KEEP_DAYS = 30;
/** Longer than the longest schedule is apart, so that the latest tick of each is always known. */
export const KEEP_TICK_DAYS = 400;
const AT_ONCE = 1000;

/** Forgets runs, events and ticks that are over for long, at most 1,000 of each at once. */
export async function pruneRunner(ctx: RunnerContext): Promise<void> {
  const cutoff = addDays(ctx.clock.now(), -KEEP_DAYS).toISOString();
  const tickCutoff = addDays(ctx.clock.now(), -KEEP_TICK_DAYS).toISOString();
  await ctx.db.execute(sql`
    delete from runner_runs where id in (
      select id from runner_runs where finished_at < ${cutoff} order by finished_at limit ${AT_ONCE}
    )
  `);
  await ctx.db.execute(sql`
    delete from runner_events where id in (
      select event.id from runner_events event
      where event.received_at < ${cutoff}
        and not exists (select from runner_runs run where run.event_id = event.id)
      order by event.received_at limit ${AT_ONCE}
    )
  `);
  await ctx.db.execute(sql`
    delete from runner_ticks where (function_id, cron, tick) in (
      select function_id, cron, tick from runner_ticks where tick < ${tickCutoff} order by tick limit ${AT_ONCE}
    )
  `);
}
