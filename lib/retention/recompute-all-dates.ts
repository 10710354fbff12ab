import { sql } from 'drizzle-orm';
import { audited } from '@/lib/audit/record';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { recomputeDatesOf, recomputeDatesOfSubmissions } from './recompute-dates';

/** Challenges whose rows are locked at once, and submissions that are: few enough that a host's click hardly waits. */
const CHALLENGES_PER_PAGE = 100;
const SUBMISSIONS_AT_ONCE = 20_000;

export interface RecomputedDates {
  challenges: number;
  datesChanged: number;
  /** Somebody asked the run to stop; what was done stays. */
  stopped: boolean;
}

/**
 * Brings every stored date in line with the rule (E8, E17): set-based, in pages of challenges, or of parts of a large
 * one, that each commit on their own, so that memory and locks stay small and a run that is cut off has only to be run
 * again. With `jobRunId` the run
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
      for await (const part of allParts(ctx)) {
        done.challenges += part.challenges;
        done.datesChanged += part.datesChanged;
        if (jobRunId) {
          done.stopped = (await beatJobRun(ctx, ctx.db, jobRunId, countsOf(done))).stopRequested;
        }
        if (done.stopped) break;
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

interface Part {
  /** Challenges that are done with it. */
  challenges: number;
  datesChanged: number;
}

async function* allParts(ctx: Context): AsyncGenerator<Part> {
  for (let after = 0; ; ) {
    const page = await nextPage(ctx, after);
    const [first] = page;
    const last = page.at(-1);
    if (!first || !last) return;
    if (first.submissions > SUBMISSIONS_AT_ONCE) yield* partsOf(ctx, first.id);
    else
      yield await recomputePage(
        ctx,
        page.map(({ id }) => id),
      );
    after = last.id;
  }
}

/** The next challenges with as many submissions as are done at once; one with more comes alone. */
async function nextPage(ctx: Context, after: number): Promise<{ id: number; submissions: number }[]> {
  const rows = await ctx.db.execute<{ id: number; submissions: number }>(sql`
    select c.id, (
      select count(*)::int from challenge_phases p join submissions s on s.phase_id = p.id where p.challenge_id = c.id
    ) as submissions
    from challenges c where c.id > ${after} order by c.id limit ${CHALLENGES_PER_PAGE}`);
  let total = 0;
  const tooMany = rows.findIndex(({ submissions }) => {
    total += submissions;
    return total > SUBMISSIONS_AT_ONCE;
  });
  return tooMany === -1 ? [...rows] : rows.slice(0, Math.max(1, tooMany));
}

async function recomputePage(ctx: Context, wanted: number[]): Promise<Part> {
  return ctx.db.transaction(async (tx) => {
    const rows = await tx.execute<{ id: number }>(
      sql`select id from challenges where id = any(${`{${wanted.join(',')}}`}::int[]) order by id for update`,
    );
    const ids = rows.map((row) => row.id);
    return { challenges: ids.length, datesChanged: await recomputeDatesOf(tx, ids, ctx.clock.now()) };
  });
}

/**
 * A large challenge, some of its submissions at a time. Whatever is decided in between brings all of its dates in line by
 * itself, so each part follows what holds when its turn comes.
 */
async function* partsOf(ctx: Context, challengeId: number): AsyncGenerator<Part> {
  for (let after = 0; ; ) {
    const part = await ctx.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from challenges where id = ${challengeId} for update`);
      const rows = await tx.execute<{ id: string }>(sql`
        select s.id from submissions s join challenge_phases p on p.id = s.phase_id
        where p.challenge_id = ${challengeId} and s.id > ${after}::bigint order by s.id limit ${SUBMISSIONS_AT_ONCE}`);
      const ids = rows.map((row) => Number(row.id));
      return {
        last: ids.length < SUBMISSIONS_AT_ONCE ? null : (ids.at(-1) ?? null),
        datesChanged: await recomputeDatesOfSubmissions(tx, ids, ctx.clock.now()),
      };
    });
    yield { challenges: part.last === null ? 1 : 0, datesChanged: part.datesChanged };
    if (part.last === null) return;
    after = part.last;
  }
}

const countsOf = ({ challenges, datesChanged }: RecomputedDates) => ({ challenges, datesChanged });

/** What a recomputation did, in a sentence; `challenges` is how many were looked at. */
export function sayDatesChanged(datesChanged: number, challenges: number): string {
  const changed = datesChanged === 0 ? 'No date' : formatCount(datesChanged, 'date');
  return `${changed} changed in ${formatCount(challenges, 'challenge')}.`;
}

function summary({ challenges, datesChanged, stopped }: RecomputedDates): string {
  const done = sayDatesChanged(datesChanged, challenges);
  return stopped ? `Stopped when asked: ${done}` : done;
}
