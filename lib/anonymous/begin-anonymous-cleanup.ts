import { z } from 'zod';
import { audited } from '@/lib/audit/record';
import { beginCleanup } from '@/lib/deletion/begin-cleanup';
import { beginPlanned, retryPlanned } from '@/lib/deletion/begin-scheduled-cleanup';
import { mayRunCleanups } from '@/lib/deletion/cleanup-access';
import { ANONYMOUS_CLEANUP_JOB } from '@/lib/deletion/cleanup-run';
import { settleAbandonedClaims } from '@/lib/deletion/recover-claims';
import { finishJobRun, type NewJobRun, openJobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { whySkipped } from './cleanup-days';
import { whyLocalFilesAreMissed } from './local-files';
import { announcePolicy, recordPublicPolicy } from './record-policy';

export interface Begun {
  jobRunId: string;
  /** Null: there is work to go on with; else why there is none, and the run has ended with that. */
  skipped: string | null;
}

const scheduled = z.strictObject({ tick: z.iso.datetime('a tick is an instant in ISO 8601 and UTC') });

/**
 * Begins the run of a schedule's tick: with a plan of all that is due under the policy that the environment asks for, or, while
 * public mode is off, as one that was skipped (R1). The same tick makes one run. Throws 'forbidden'.
 */
export async function beginScheduledAnonymousCleanup(
  ctx: Context,
  args: z.input<typeof scheduled>,
): Promise<Begun> {
  const { tick } = parse(scheduled, args);
  await mayRunCleanups(ctx, 'cleanup.run', `tick:${tick}`);
  await recordPublicPolicy(ctx);
  const skipped = await whySkipped(ctx.db);
  if (skipped !== null) return skipAnonymousCleanup(ctx, skipped, { trigger: 'schedule', dedupeKey: tick });
  await announcePolicy(ctx);
  await warnOfLocalFiles(ctx);
  return { jobRunId: await beginPlanned(ctx, 'anonymous-data', tick), skipped: null };
}

/**
 * The same for a tick between the scheduled runs: only transcripts of which a file failed, once its backoff is over, and what
 * an interrupted run left behind (R4, L9). Without any there is no run, nor while public mode is off; what was left is settled then
 * all the same, since a file would otherwise stay 'being deleted' although it stays.
 */
export async function beginAnonymousRetries(
  ctx: Context,
  args: z.input<typeof scheduled>,
): Promise<{ jobRunId: string | null }> {
  const { tick } = parse(scheduled, args);
  await mayRunCleanups(ctx, 'cleanup.run', `tick:${tick}`);
  await recordPublicPolicy(ctx);
  if ((await whySkipped(ctx.db)) !== null) {
    await settleAbandonedClaims(ctx, 'anonymous-data');
    return { jobRunId: null };
  }
  return { jobRunId: await retryPlanned(ctx, 'anonymous-data', tick) };
}

/**
 * Begins a run that somebody asked for. A policy that is another than that of its plan stops it (L7). Throws 'forbidden',
 * 'not_found'.
 */
export async function beginAnonymousCleanup(ctx: Context, args: { jobRunId: string }): Promise<Begun> {
  await mayRunCleanups(ctx, 'cleanup.run', `run:${args.jobRunId}`);
  await recordPublicPolicy(ctx);
  await warnOfLocalFiles(ctx);
  await beginCleanup(ctx, args);
  return { jobRunId: args.jobRunId, skipped: null };
}

async function warnOfLocalFiles(ctx: Context): Promise<void> {
  const why = await whyLocalFilesAreMissed(ctx);
  if (why !== null) ctx.log.warn(why);
}

/** Leaves a run that says why there was nothing to do, so that its status is seen where the others are (O5). */
export async function skipAnonymousCleanup(
  ctx: Context,
  why: string,
  how: Pick<NewJobRun, 'trigger' | 'dedupeKey'>,
): Promise<Begun> {
  await mayRunCleanups(ctx, 'job.run', 'anonymous-data');
  const run = await openJobRun(ctx, ctx.db, { job: ANONYMOUS_CLEANUP_JOB, ...how });
  await audited(ctx, { action: 'job.run', target: `run:${run.id}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      const summary = `Skipped: ${why}`;
      await finishJobRun(ctx, tx, run.id, { state: 'skipped', summary });
      await event.succeed(tx, { newValue: { state: 'skipped', summary } });
    }),
  );
  return { jobRunId: run.id, skipped: why };
}
