import { and, desc, eq, sql } from 'drizzle-orm';
import { challenges } from '@/db/schema/challenges';
import { jobRuns } from '@/db/schema/jobs';
import { hostTeamMembers } from '@/db/schema/people';
import type { JobRun } from '@/lib/jobs/job-run';
import { can, isConsentingMember } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import type { ChallengeRow } from './challenge-rows';
import { decideState, expectation, needsAttention } from './challenge-state';
import { tally, visibleRows } from './count-by-state';
import { type Forecast, nextRun } from './forecast';
import { describeRows, type ListedChallenge } from './list-challenges';
import { zoneOf } from './person-zone';
import type { State } from './states';
import { submissionStandings } from './submission-standings';

export interface Overview {
  challenges: number;
  submissions: number;
  byState: Record<State, number>;
  /** The next deletion of all; null when nothing is going to go. */
  next: { at: Date; challenges: number; submissions: number; notAnnounced: number } | null;
  /** What goes first, earliest first. */
  nextDeletions: ListedChallenge[];
  /** What waits for a person: failures, notices that could not be sent, dates reached without a notice. */
  attention: ListedChallenge[];
  attentionCount: number;
  /** Ended challenges without consent whose submissions wait for a decision that the actor himself may make. */
  undecided: ListedChallenge[];
  undecidedCount: number;
  /** The last cleanups, newest first; empty for those who may not see jobs. */
  lastRuns: JobRun[];
  /** The next scheduled cleanup (UTC). */
  nextCleanup: Date;
}

const SHOWN = 5;

/**
 * The figures of the overview, over all challenges that the actor may see. Each submission is counted once in a scan of
 * the table; files and bytes are read only for the few challenges that are shown.
 */
export async function loadOverview(ctx: Context): Promise<Overview> {
  const now = ctx.clock.now();
  const rows = await visibleRows(ctx);

  const going = rows
    .flatMap((row) => {
      const expected = expectation(row.facts, now);
      return expected ? [{ row, expected }] : [];
    })
    .sort(
      (a, b) =>
        a.expected.deletion.getTime() - b.expected.deletion.getTime() ||
        nextDateOf(a.row) - nextDateOf(b.row) ||
        a.row.id - b.row.id,
    );
  const zone = zoneOf(ctx.actor);
  const attention = rows.filter(({ facts }) => needsAttention(facts));
  const decidable = await decidableChallenges(ctx);
  const undecided = rows.filter((row) => decidable.has(row.id) && isUndecided(row, now));
  const describe = (list: ChallengeRow[]) => describeRows(ctx.db, list.slice(0, SHOWN), { now, zone });

  const [next, shownNext, shownAttention, shownUndecided, lastRuns] = await Promise.all([
    summarize(ctx, going),
    describe(going.map(({ row }) => row)),
    describe(attention),
    describe(undecided),
    can(ctx.actor, 'jobs.read') ? lastCleanups(ctx) : [],
  ]);
  return {
    challenges: rows.length,
    submissions: rows.reduce((sum, { facts }) => sum + facts.submissions, 0),
    byState: tally(rows),
    next,
    nextDeletions: shownNext,
    attention: shownAttention,
    attentionCount: attention.length,
    undecided: shownUndecided,
    undecidedCount: undecided.length,
    lastRuns,
    nextCleanup: nextRun('cleanup-expired-submission-artifacts', now),
  };
}

const nextDateOf = (row: ChallengeRow): number => row.facts.nextDate?.getTime() ?? 0;

/** The challenges of which something goes in the very next run, and how much it is. */
async function summarize(
  ctx: Context,
  going: { row: ChallengeRow; expected: Forecast }[],
): Promise<Overview['next']> {
  const at = going[0]?.expected.deletion;
  if (!at) return null;
  const together = going.filter(({ expected }) => expected.deletion.getTime() === at.getTime());
  const covers = sql.join(
    together.map(({ row, expected }) => sql`(${row.id}::int, ${expected.covers.toISOString()}::timestamptz)`),
    sql`, `,
  );
  const [count] = await ctx.db.execute<{ submissions: number }>(sql`
    with going (challenge_id, until) as (values ${covers})
    select count(*)::int as submissions
    from (${submissionStandings(sql`p.challenge_id in (select challenge_id from going)`)}) standing
    join going using (challenge_id)
    where standing.may_go and standing.date <= going.until
  `);
  return {
    at,
    challenges: together.length,
    submissions: count?.submissions ?? 0,
    notAnnounced: together.filter(({ row }) => row.facts.announcedAt === null).length,
  };
}

/** Its phases are over, files are there, and no host has decided. */
function isUndecided({ facts }: ChallengeRow, now: Date): boolean {
  return (
    decideState(facts) === 'kept' &&
    !facts.consent &&
    facts.submissions > facts.deleted &&
    facts.latestPhaseEnd !== null &&
    facts.latestPhaseEnd <= now
  );
}

/** The challenges for which the actor may give consent (E3). */
async function decidableChallenges(ctx: Context): Promise<ReadonlySet<number>> {
  if (ctx.actor.type !== 'user' || ctx.actor.role === 'auditor') return new Set();
  const own = await ctx.db
    .select({ id: challenges.id })
    .from(challenges)
    .innerJoin(hostTeamMembers, eq(hostTeamMembers.teamId, challenges.creatorTeamId))
    .where(and(eq(hostTeamMembers.personId, ctx.actor.personId), isConsentingMember));
  return new Set(own.map(({ id }) => id));
}

async function lastCleanups(ctx: Context): Promise<JobRun[]> {
  return ctx.db
    .select()
    .from(jobRuns)
    .where(eq(jobRuns.job, 'cleanup-expired-submission-artifacts'))
    .orderBy(desc(jobRuns.createdAt))
    .limit(SHOWN);
}
