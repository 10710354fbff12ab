import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { readSetting } from '@/lib/settings/read-setting';
import type { CleanupRun } from './cleanup-run';
import { type CleanupCounts, readCounts } from './counts';
import { sourceOf } from './sources';

/** Below so many objects an error rate says nothing. */
export const TRIED_BEFORE_ERROR_RATE = 20;
/** So many failing challenges are no chance any more: it is the store that fails. */
const FAILING_CHALLENGES = 3;

export interface ChallengeErrors {
  challengeId: number;
  tried: number;
  failed: number;
}

/** What too many errors ask for: nothing, to leave some challenges to a later run, or to stop. */
export type ErrorVerdict =
  | { verdict: 'go-on' }
  | { verdict: 'set-aside'; challenges: ChallengeErrors[] }
  | { verdict: 'stop'; why: string };

/**
 * Looks at the errors of a run so far (E12). A challenge with too many of them is set aside, so that the others go on. The
 * run stops when the others have too many as well, when nothing works beside what fails, or when most of at least three
 * challenges fail: then it is not a challenge that is at fault.
 */
export async function judgeErrors(db: Queryable, { run, plan }: CleanupRun): Promise<ErrorVerdict> {
  if (!sourceOf(plan.source).setsAside) return judgeAll(db, readCounts(run.counts));
  const rows = await db.execute<ChallengeRow>(sql`
    select challenge_id, tried, failed, set_aside_at is not null as set_aside from run_challenges
    where run_id = ${run.id}::uuid order by challenge_id`);
  if (!rows.some(({ failed }) => failed > 0)) return { verdict: 'go-on' };
  const limit = await readSetting(db, 'cleanup.max-error-percent');
  const isOver = ({ tried, failed }: Errors) =>
    tried >= TRIED_BEFORE_ERROR_RATE && failed * 100 > tried * limit;

  const failing = rows.filter((row) => !row.set_aside && isOver(row));
  const bad = rows.filter((row) => row.set_aside || isOver(row));
  const others = sum(rows.filter((row) => !bad.includes(row)));
  if (isOver(others)) return { verdict: 'stop', why: whyTooMany(others, limit) };
  if (failing.length === 0) return { verdict: 'go-on' };

  const nothingWorks =
    others.tried === others.failed &&
    !(await hasOthers(
      db,
      plan.id,
      bad.map((row) => row.challenge_id),
    ));
  if (nothingWorks) return { verdict: 'stop', why: whyTooMany(sum(rows), limit) };
  if (bad.length >= FAILING_CHALLENGES && bad.length * 2 > rows.length) {
    const why = `In ${formatNumber(bad.length)} of the ${formatCount(rows.length, 'challenge')} tried, more than ${limit}% of the files could not be deleted.`;
    return { verdict: 'stop', why };
  }
  return {
    verdict: 'set-aside',
    challenges: failing.map(({ challenge_id, tried, failed }) => ({
      challengeId: challenge_id,
      tried,
      failed,
    })),
  };
}

interface Errors {
  tried: number;
  failed: number;
}

/** Of what belongs to no challenge nothing can be set aside: too many errors in all of it stop the run. */
async function judgeAll(db: Queryable, counts: CleanupCounts): Promise<ErrorVerdict> {
  const { deleted, alreadyAbsent, failed } = counts;
  const tried = deleted + alreadyAbsent + failed;
  if (failed === 0 || tried < TRIED_BEFORE_ERROR_RATE) return { verdict: 'go-on' };
  const limit = await readSetting(db, 'cleanup.max-error-percent');
  return failed * 100 > tried * limit
    ? { verdict: 'stop', why: whyTooMany({ tried, failed }, limit) }
    : { verdict: 'go-on' };
}

interface ChallengeRow extends Record<string, unknown>, Errors {
  challenge_id: number;
  set_aside: boolean;
}

const sum = (rows: readonly Errors[]): Errors => ({
  tried: rows.reduce((total, { tried }) => total + tried, 0),
  failed: rows.reduce((total, { failed }) => total + failed, 0),
});

const whyTooMany = ({ tried, failed }: Errors, limit: number): string =>
  `${formatCount(failed, 'file')} of ${formatNumber(tried)} could not be deleted; the setting allows ${limit}%.`;

/** Whether the plan has work left for any challenge but these. */
async function hasOthers(db: Queryable, planId: string, challengeIds: readonly number[]): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from plan_items
    where plan_id = ${planId}::uuid and will_delete and outcome is null
      and challenge_id <> all(${`{${challengeIds.join(',')}}`}::integer[])
    limit 1`);
  return rows.length > 0;
}
