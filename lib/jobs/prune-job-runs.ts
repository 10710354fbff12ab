import { and, asc, eq, inArray, lt, notInArray } from 'drizzle-orm';
import { jobRuns } from '@/db/schema/jobs';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import type { JobName } from './catalogue';

/** Whole days that the ended runs of a job are kept, which runs so often that they tell nothing after that. */
export const KEEP_ROUTINE_RUNS_DAYS = 7;
const RUNS_AT_ONCE = 1000;

/**
 * Forgets the runs of one job that ended more than 7 days ago, oldest first, 1,000 at the most; returns how many. For jobs
 * whose runs leave nothing behind: the runs of a cleanup are evidence and stay.
 */
export async function pruneJobRuns(ctx: Context, job: JobName): Promise<number> {
  const cutoff = addDays(ctx.clock.now(), -KEEP_ROUTINE_RUNS_DAYS);
  const old = ctx.db
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(
      and(
        eq(jobRuns.job, job),
        // By the index of (job, created_at): what ended before the cutoff was created before it.
        lt(jobRuns.createdAt, cutoff),
        lt(jobRuns.finishedAt, cutoff),
        notInArray(jobRuns.state, ['queued', 'running']),
      ),
    )
    .orderBy(asc(jobRuns.createdAt))
    .limit(RUNS_AT_ONCE);
  const gone = await ctx.db.delete(jobRuns).where(inArray(jobRuns.id, old)).returning({ id: jobRuns.id });
  return gone.length;
}
