import type { JobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { beginCleanup } from './begin-cleanup';
import { loadCleanupRun } from './cleanup-run';
import { finishCleanup } from './finish-cleanup';
import { runCleanupBatch } from './run-cleanup-batch';

/** Begins, works and finishes in this process, for commands and tests; the schedule does the same in steps. */
export async function runCleanupToEnd(ctx: Context, args: { jobRunId: string }): Promise<JobRun> {
  await beginCleanup(ctx, args);
  while (!(await runCleanupBatch(ctx, args)).done);
  await finishCleanup(ctx, args);
  return (await loadCleanupRun(ctx.db, args.jobRunId)).run;
}
