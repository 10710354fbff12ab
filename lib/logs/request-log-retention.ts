import { audited } from '@/lib/audit/record';
import { type JobRun, openJobRun, sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';

/** Asks for a run of 'apply-log-retention' over all groups (E13). For admins; throws 'forbidden'. */
export async function requestLogRetention(ctx: Context): Promise<JobRun> {
  const job = 'apply-log-retention';
  return audited(ctx, { action: 'job.request', target: `job:${job}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins start jobs.');
      const trigger = ctx.actor.type === 'cli' ? 'cli' : 'manual';
      const run = await openJobRun(ctx, tx, { job, trigger });
      await sendLater(ctx, tx, 'lapse/log-retention-run.requested', { jobRunId: run.id });
      await event.succeed(tx, { newValue: { jobRunId: run.id } });
      return run;
    }),
  );
}
