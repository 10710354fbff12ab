import { eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { plans } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import type { JobName } from '@/lib/jobs/catalogue';
import { finishJobRun, type JobRun, type JobRunEnd, loadJobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { addCounts, type CleanupCounts, type CountChange, readCounts } from './counts';
import type { Plan } from './source';

export const CLEANUP_JOB = 'cleanup-expired-submission-artifacts';
export const ANONYMOUS_CLEANUP_JOB = 'cleanup-anonymous-data';
/** The jobs whose runs work on a plan, one a source. */
export const CLEANUP_JOBS: readonly string[] = [CLEANUP_JOB, ANONYMOUS_CLEANUP_JOB] satisfies JobName[];

/** A run of the cleanup with the plan that it works on. */
export interface CleanupRun {
  run: JobRun;
  plan: Plan;
}

/** Throws 'not_found' when there is no such run of the cleanup, or when it has no plan yet. */
export async function loadCleanupRun(db: Queryable, jobRunId: string): Promise<CleanupRun> {
  const run = await loadJobRun(db, jobRunId);
  if (!CLEANUP_JOBS.includes(run.job) || run.planId === null)
    throw notFound(`There is no cleanup ${jobRunId}.`);
  const [plan] = await db.select().from(plans).where(eq(plans.id, run.planId));
  if (!plan) throw new Error(`run ${jobRunId} has lost its plan ${run.planId}`);
  return { run, plan };
}

export const hasEnded = (run: JobRun): boolean => run.state !== 'queued' && run.state !== 'running';

/** Locks the run's row until the end of the transaction, so that its counts are read and written by one. */
export async function lockRun(tx: Transaction, jobRunId: string): Promise<JobRun> {
  const [run] = await tx.select().from(jobRuns).where(eq(jobRuns.id, jobRunId)).for('update');
  if (!run) throw notFound(`There is no run ${jobRunId}.`);
  return run;
}

/** Adds to the counts of a locked run and shows that it is alive. Returns the new counts. */
export async function count(
  ctx: Context,
  tx: Transaction,
  run: JobRun,
  change: CountChange,
): Promise<CleanupCounts> {
  const counts = addCounts(readCounts(run.counts), change);
  await tx
    .update(jobRuns)
    .set({ counts: { ...counts }, ...(hasEnded(run) ? {} : { heartbeatAt: ctx.clock.now() }) })
    .where(eq(jobRuns.id, run.id));
  return counts;
}

/** Ends the run, and its plan with it: no plan runs twice. A run that has ended stays as it is. */
export async function endRun(ctx: Context, { run, plan }: CleanupRun, end: JobRunEnd): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await finishJobRun(ctx, tx, run.id, end);
    await tx.update(plans).set({ state: 'done' }).where(eq(plans.id, plan.id));
  });
}
