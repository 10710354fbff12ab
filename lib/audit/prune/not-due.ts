import { and, inArray, lte, max, sql } from 'drizzle-orm';
import { jobRuns } from '@/db/schema/jobs';
import type { JobName } from '@/lib/jobs/catalogue';
import type { Context } from '@/lib/people/context';
import { PERIOD_RANGE } from '../policy/tier-policy';

const PRUNING_JOBS: JobName[] = ['maintain-audit-log', 'archive-audit-log'];

/** A tick comes some seconds early or late: one that is nearer to its time than the next one is its own. */
const SLACK_MS = (PERIOD_RANGE.step * 1000) / 2;

/**
 * The instant before which no activation of the cleanup is due, in ISO 8601 and UTC; null when one is due now. By the last one
 * that looked at something: one that failed before that, or whose process ended, does not count, nor does one that is still to
 * come, as after a clock was set back.
 */
export async function notDueBefore(ctx: Context, periodSeconds: number): Promise<string | null> {
  const now = ctx.clock.now();
  const pruned = and(
    inArray(jobRuns.job, PRUNING_JOBS),
    lte(jobRuns.startedAt, now),
    sql`${jobRuns.details} ->> 'cutoff' is not null`,
  );
  const [last] = await ctx.db
    .select({ at: max(jobRuns.startedAt) })
    .from(jobRuns)
    .where(pruned);
  if (!last?.at) return null;
  const next = new Date(last.at.getTime() + periodSeconds * 1000);
  return next.getTime() - SLACK_MS <= now.getTime() ? null : next.toISOString();
}
