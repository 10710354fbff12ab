import { eq } from 'drizzle-orm';
import { plans } from '@/db/schema/deletion';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { finishJobRun, loadJobRun } from './job-run';

/**
 * Ends a run that its job has given up on, with the reason for people, and its plan with it: no plan runs twice. A run
 * that has ended already stays as it is. For job runners, after the last attempt. Throws 'not_found'.
 */
export async function failJobRun(ctx: Context, args: { jobRunId: string; summary: string }): Promise<void> {
  const { jobRunId, summary } = args;
  const run = await loadJobRun(ctx.db, jobRunId);
  if (run.state !== 'queued' && run.state !== 'running') return;
  await audited(ctx, { action: 'job.run', target: `run:${jobRunId}`, reason: summary }, (event) =>
    ctx.db.transaction(async (tx) => {
      await finishJobRun(ctx, tx, jobRunId, { state: 'failed', summary, details: { error: summary } });
      if (run.planId !== null) await tx.update(plans).set({ state: 'done' }).where(eq(plans.id, run.planId));
      await event.succeed(tx, { oldValue: { state: run.state }, newValue: { state: 'failed' } });
    }),
  );
}
