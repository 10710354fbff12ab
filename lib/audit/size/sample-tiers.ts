import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditSamples } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { measureTiers } from './measure-tiers';

/** Samples of every hour are kept so many whole days, the first of each UTC day so many, and the first of each week for good. */
export const HOURLY_DAYS = 30;
export const DAILY_DAYS = 730;

export interface Sampled {
  /** Whether a sample was taken; there is one an hour (UTC) at the most. */
  isTaken: boolean;
  /** Older samples that were thinned out. */
  thinned: number;
  /** Why there is none though it was time, for people; null: nothing went wrong. */
  error: string | null;
}

/**
 * Takes the sample of this hour, unless it is there (T4), and thins out older ones. For jobs, which have more important things
 * to do: what goes wrong is logged and told, not thrown.
 */
export async function sampleTiers(ctx: Context): Promise<Sampled> {
  try {
    const isTaken = await takeSample(ctx);
    return { isTaken, thinned: isTaken ? await thinSamples(ctx.db, ctx.clock.now()) : 0, error: null };
  } catch (error) {
    ctx.log.error({ err: error }, 'measuring the audit log failed');
    const why =
      error instanceof LapseError ? error.message : "A fault of Lapse; the server's log has the details.";
    return { isTaken: false, thinned: 0, error: `Its size was not measured. ${why}` };
  }
}

async function takeSample(ctx: Context): Promise<boolean> {
  const at = ctx.clock.now();
  const [known] = await ctx.db.execute(sql`
    select from audit_samples where at >= date_trunc('hour', ${at.toISOString()}::timestamptz, 'UTC') limit 1`);
  if (known) return false;
  const { tiers } = await measureTiers(ctx.db);
  await ctx.db
    .insert(auditSamples)
    .values(tiers.map((size) => ({ at, ...size })))
    .onConflictDoNothing();
  return true;
}

/**
 * Keeps of the samples of a day that is 30 days old the first one, and of a week that is two years old the same; returns how
 * many went. Days and weeks go as a whole, so that what stays does not depend on when, or how often, it is called.
 */
export async function thinSamples(db: Queryable, now: Date): Promise<number> {
  const gone = await db.execute(sql`
    with placed as (
      select at, tier, row_number() over (partition by tier, period order by at) as place
      from (
        select at, tier, case when at < ${start('week', now, DAILY_DAYS)} then date_trunc('week', at, 'UTC')
          else date_trunc('day', at, 'UTC') end as period
        from audit_samples where at < ${start('day', now, HOURLY_DAYS)}
      ) old
    )
    delete from audit_samples s using placed
    where s.at = placed.at and s.tier = placed.tier and placed.place > 1
    returning 1`);
  return gone.length;
}

/** The beginning, in UTC, of the day or the week in which it was so many days before `now`. */
const start = (period: 'day' | 'week', now: Date, days: number) =>
  sql`date_trunc(${period}, ${addDays(now, -days).toISOString()}::timestamptz, 'UTC')`;
