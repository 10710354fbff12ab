import type { Transaction } from '@/db/client';
import { audited } from '@/lib/audit/record';
import { type JobRun, openJobRun, sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';

const JOB = 'apply-override-changes';

/** Asks for a run of 'apply-override-changes' (L4). For admins; throws 'forbidden'. */
export async function requestOverrideRun(ctx: Context): Promise<JobRun> {
  return audited(ctx, { action: 'job.request', target: `job:${JOB}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins start jobs.');
      const run = await askForOverrideRun(ctx, tx);
      await event.succeed(tx, { newValue: { jobRunId: run.id } });
      return run;
    }),
  );
}

/** The same as a part of another change: hosts are told right after it has been committed. */
export async function askForOverrideRun(ctx: Context, tx: Transaction): Promise<JobRun> {
  const trigger = ctx.actor.type === 'cli' ? 'cli' : 'manual';
  const run = await openJobRun(ctx, tx, { job: JOB, trigger });
  await sendLater(ctx, tx, 'lapse/override-changes.requested', { jobRunId: run.id });
  return run;
}
