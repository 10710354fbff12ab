import { z } from 'zod';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { type JobRun, loadJobRun } from './job-run';

const input = z.strictObject({ id: z.uuid('this is no id of a run') });

/** One run, for admins and auditors. Throws 'not_found', 'forbidden' (which leaves an audit event), 'invalid'. */
export async function readJobRun(ctx: Context, args: z.input<typeof input>): Promise<JobRun> {
  const { id } = parse(input, args);
  await mayReadJobs(ctx);
  return loadJobRun(ctx.db, id);
}

/** Throws 'forbidden', and leaves an audit event, unless the actor may see jobs. */
export async function mayReadJobs(ctx: Context): Promise<void> {
  if (can(ctx.actor, 'jobs.read')) return;
  const words = sayLacking(ctx.actor, 'jobs.read', 'Only admins and auditors see jobs.');
  await refuse(ctx, { target: 'jobs' }, words);
}
