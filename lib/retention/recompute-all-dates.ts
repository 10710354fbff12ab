import { sql } from 'drizzle-orm';
import { audited } from '@/lib/audit/record';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { recomputeDatesOf } from './recompute-dates';

/** Challenges whose rows are locked at once: enough to be quick, few enough that a host's click hardly waits. */
const CHALLENGES_PER_PAGE = 100;

export interface RecomputedDates {
  challenges: number;
  datesChanged: number;
  /** Somebody asked the run to stop; what was done stays. */
  stopped: boolean;
}

/**
 * Brings every stored date in line with the rule (E8, E17): set-based, in pages of challenges that each commit on their
 * own, so that memory and locks stay small and a run that is cut off has only to be run again. With `jobRunId` the run
 * shows its progress and its end; when it throws, the run stays open for the retry, and the caller ends it.
 */
export async function recomputeAllDates(
  ctx: Context,
  args: { jobRunId?: string } = {},
): Promise<RecomputedDates> {
  const { jobRunId } = args;
  return audited(
    ctx,
    { action: 'retention.recompute', ...(jobRunId ? { target: `run:${jobRunId}` } : {}) },
    async (event) => {
      if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins and schedules recompute the dates.');
      if (jobRunId) await startJobRun(ctx, ctx.db, jobRunId);
      const done: RecomputedDates = { challenges: 0, datesChanged: 0, stopped: false };
      let after = 0;
      while (!done.stopped) {
        const page = await recomputePage(ctx, after);
        if (page.last === null) break;
        after = page.last;
        done.challenges += page.challenges;
        done.datesChanged += page.datesChanged;
        if (jobRunId) {
          done.stopped = (await beatJobRun(ctx, ctx.db, jobRunId, countsOf(done))).stopRequested;
        }
      }
      if (jobRunId) {
        await finishJobRun(ctx, ctx.db, jobRunId, {
          state: done.stopped ? 'stopped' : 'succeeded',
          summary: summary(done),
          counts: countsOf(done),
        });
      }
      event.note({ newValue: done });
      return done;
    },
  );
}

async function recomputePage(ctx: Context, after: number) {
  return ctx.db.transaction(async (tx) => {
    const rows = await tx.execute<{ id: number }>(
      sql`select id from challenges where id > ${after} order by id limit ${CHALLENGES_PER_PAGE} for update`,
    );
    const ids = rows.map((row) => row.id);
    const datesChanged = await recomputeDatesOf(tx, ids, ctx.clock.now());
    return { challenges: ids.length, datesChanged, last: ids.at(-1) ?? null };
  });
}

const countsOf = ({ challenges, datesChanged }: RecomputedDates) => ({ challenges, datesChanged });

function summary({ challenges, datesChanged, stopped }: RecomputedDates): string {
  const done = `${formatCount(datesChanged, 'date')} changed in ${formatCount(challenges, 'challenge')}.`;
  return stopped ? `Stopped when asked: ${done}` : done;
}
