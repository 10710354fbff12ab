import { and, asc, eq, isNotNull, isNull, lte, or } from 'drizzle-orm';
import { overrideChanges } from '@/db/schema/overrides';
import { audited } from '@/lib/audit/record';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { baseUrlOf } from '@/lib/notices/send-due-notices';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { AnnouncementFailed, announceOverrideChange } from './announce-override-change';
import { applyOverrideChange } from './apply-override-change';

/** When the mail server took nothing of so many announcements in a row, the rest waits for the next run. */
const FAULTS_IN_A_ROW = 10;

export interface AppliedOverrideChanges {
  /** Changes that took effect, and changes whose hosts were told. */
  applied: number;
  announced: number;
  /** Changes that could not be announced or applied; they stay as they are, and are tried again. */
  failed: number;
  /** Why the run ended before all were tried; null when it did not. */
  stopped: string | null;
}

/**
 * Lets the scheduled shortenings take effect whose day has come, then tells the hosts of those that they have not been
 * told of (L4). Each change is a transaction of its own, so that one that fails does not stop the others, and however often
 * this runs, and wherever it is cut off, nothing takes effect twice, early, or without its hosts having been told. For
 * schedules and admins; throws 'forbidden'. `baseUrl` is where Lapse is served; NEXTAUTH_URL when it is left out.
 */
export async function applyDueOverrideChanges(
  ctx: Context,
  args: { jobRunId?: string; baseUrl?: string } = {},
): Promise<AppliedOverrideChanges> {
  const { jobRunId } = args;
  const target = jobRunId ? `run:${jobRunId}` : 'job:apply-override-changes';
  return audited(ctx, { action: 'job.run', target }, async (event) => {
    if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins and schedules apply override changes.');
    if (jobRunId) await startJobRun(ctx, ctx.db, jobRunId);
    const done = await workThrough(ctx, baseUrlOf(args.baseUrl), jobRunId);
    event.note({ newValue: done });
    if (jobRunId) {
      const { stopped, ...counts } = done;
      await finishJobRun(ctx, ctx.db, jobRunId, {
        state: stopped !== null ? 'stopped' : done.failed > 0 ? 'partial' : 'succeeded',
        summary: summary(done),
        counts,
      });
    }
    return done;
  });
}

async function workThrough(ctx: Context, baseUrl: string | null, jobRunId: string | undefined) {
  const done: AppliedOverrideChanges = { applied: 0, announced: 0, failed: 0, stopped: null };
  let faultsInARow = 0;
  for (const change of await waitingChanges(ctx)) {
    try {
      const toldAlready = change.announcedAt !== null;
      const outcome = toldAlready ? await applyOverrideChange(ctx, change.id) : 'announce-again';
      if (outcome === 'in-force') done.applied += 1;
      if (outcome === 'announce-again' && (await announceOverrideChange(ctx, change.id, baseUrl))) {
        done.announced += 1;
        faultsInARow = 0;
      }
    } catch (error) {
      const announcing = error instanceof AnnouncementFailed;
      if (!announcing) ctx.log.error({ err: error, change: change.id }, 'an override change failed');
      done.failed += 1;
      faultsInARow = announcing && error.serverAtFault ? faultsInARow + 1 : 0;
    }
    if (jobRunId) {
      const { stopped: _, ...counts } = done;
      const { stopRequested } = await beatJobRun(ctx, ctx.db, jobRunId, counts);
      if (stopRequested) done.stopped = 'Somebody asked it to stop.';
    }
    if (faultsInARow >= FAULTS_IN_A_ROW) {
      done.stopped = `The mail server took nothing of ${FAULTS_IN_A_ROW} announcements in a row: see whether mail works.`;
    }
    if (done.stopped !== null) break;
  }
  return done;
}

/** What is to be done now; those that take effect come first, so that mail that hangs does not keep them waiting. */
async function waitingChanges(ctx: Context) {
  const now = ctx.clock.now();
  return ctx.db
    .select({ id: overrideChanges.id, announcedAt: overrideChanges.announcedAt })
    .from(overrideChanges)
    .where(
      and(
        eq(overrideChanges.state, 'scheduled'),
        or(
          and(isNotNull(overrideChanges.announcedAt), lte(overrideChanges.takesEffectAt, now)),
          and(
            isNull(overrideChanges.announcedAt),
            or(isNull(overrideChanges.nextAttemptAt), lte(overrideChanges.nextAttemptAt, now)),
          ),
        ),
      ),
    )
    .orderBy(asc(overrideChanges.takesEffectAt), asc(overrideChanges.requestedAt), asc(overrideChanges.id));
}

function summary({ applied, announced, failed, stopped }: AppliedOverrideChanges): string {
  const nothing = applied === 0 && announced === 0 && failed === 0;
  const parts = [
    nothing ? 'No change was due.' : '',
    applied > 0 ? `${formatCount(applied, 'change')} took effect.` : '',
    announced > 0 ? `${formatCount(announced, 'change')} announced to the hosts.` : '',
    failed > 0 ? `${formatCount(failed, 'change')} failed, and cannot take effect until it succeeds.` : '',
    stopped ?? '',
  ];
  return parts.filter(Boolean).join(' ');
}
