import { z } from 'zod';
import { audited } from '@/lib/audit/record';
import { type JobRun, openJobRun, sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';

/** The jobs of the audit log, and the event of inngest/events that begins each. */
export const AUDIT_JOB_EVENTS = {
  'maintain-audit-log': 'lapse/audit-maintenance.requested',
  'archive-audit-log': 'lapse/audit-archiving.requested',
  'verify-audit-log': 'lapse/audit-verification.requested',
} as const;

export type AuditJob = keyof typeof AUDIT_JOB_EVENTS;
export const AUDIT_JOBS = Object.keys(AUDIT_JOB_EVENTS) as [AuditJob, ...AuditJob[]];

const input = z.strictObject({
  job: z.enum(AUDIT_JOBS, { error: `use one of ${AUDIT_JOBS.join(', ')}` }),
});

/**
 * Asks the job runner for a run of a job of the audit log (O5): the same that its schedule does, under the same rules. For
 * admins; throws 'forbidden' and 'invalid'.
 */
export async function requestAuditJob(ctx: Context, args: z.input<typeof input>): Promise<JobRun> {
  const { job } = parse(input, args);
  return audited(ctx, { action: 'job.request', target: `job:${job}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins start jobs.');
      const trigger = ctx.actor.type === 'cli' ? 'cli' : 'manual';
      const run = await openJobRun(ctx, tx, { job, trigger });
      await sendLater(ctx, tx, AUDIT_JOB_EVENTS[job], { jobRunId: run.id });
      await event.succeed(tx, { newValue: { jobRunId: run.id } });
      return run;
    }),
  );
}
