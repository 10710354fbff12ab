import { and, desc, eq, gt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { deletionSource, plans } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import { people } from '@/db/schema/people';
import type { JobRun } from '@/lib/jobs/job-run';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { approvalsOf, readApprovalLimits, whyApprovalIsNeededWith } from './plan-approvals';
import { madeBySchedule, planMaker } from './plan-maker';
import { latelyOfMaker, requestedLately } from './requested-lately';
import type { Plan } from './source';

const input = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(20),
  /** What they are about. */
  source: z.enum(deletionSource.enumValues).default('submission-artifacts'),
  /** Only plans that can still be run. */
  openOnly: z.boolean().default(false),
});

export interface ListedPlan extends Plan {
  /** NULL when a schedule or a command made it. */
  createdByName: string | null;
  /** Who or what made it, in words: 'Ada Lovelace', 'the schedule', 'the command line'. */
  madeBy: string;
  /** Of the one challenge that it is about; NULL: it is about all of them. */
  challengeTitle: string | null;
  /**
   * Whether it waits for an admin before it can be run by hand; to the reader it does so no more once he has approved it.
   * NULL when it needs none, or is not open any more.
   */
  approval: 'waiting' | 'approved' | null;
}

/** The plans, newest first. Throws 'forbidden' (which leaves an audit event), 'invalid'. */
export async function listPlans(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ plans: ListedPlan[]; nextCursor: string | null }> {
  const { cursor, limit, openOnly, source } = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db
    .select({
      plan: plans,
      createdByName: people.displayName,
      bySchedule: madeBySchedule,
      challengeTitle: challenges.title,
      at: exactCreation,
    })
    .from(plans)
    .leftJoin(people, eq(people.id, plans.createdBy))
    .leftJoin(challenges, eq(challenges.id, plans.challengeId))
    .where(
      and(
        eq(plans.source, source),
        cursor === undefined ? undefined : before(decodeCursor(cursor)),
        openOnly ? and(eq(plans.state, 'ready'), gt(plans.expiresAt, ctx.clock.now())) : undefined,
      ),
    )
    .orderBy(desc(plans.createdAt), desc(plans.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const states = await approvalStates(
    ctx,
    page.map(({ plan }) => plan),
  );
  return {
    plans: page.map(({ plan, createdByName, bySchedule, challengeTitle }) => ({
      ...plan,
      createdByName,
      madeBy: planMaker(createdByName, bySchedule),
      challengeTitle,
      approval: states.get(plan.id) ?? null,
    })),
    nextCursor: rows.length > page.length && last ? encodeCursor({ at: last.at, id: last.plan.id }) : null,
  };
}

async function approvalStates(
  ctx: Context,
  page: readonly Plan[],
): Promise<Map<string, 'waiting' | 'approved'>> {
  const now = ctx.clock.now();
  const limits = await readApprovalLimits(ctx.db, now);
  const reader = actorPersonId(ctx.actor);
  const all = await requestedLately(ctx.db, now);
  const why = (plan: Plan) =>
    whyApprovalIsNeededWith(plan, limits, { lately: latelyOfMaker(all, plan.createdBy), whom: 'its maker' });
  const open = page.filter((plan) => plan.state === 'ready' && plan.expiresAt > now && why(plan) !== null);
  const approvals = await approvalsOf(ctx.db, open);
  return new Map(
    open.map((plan) => {
      const counting = (approvals.get(plan.id) ?? []).filter(
        ({ counts, personId }) => counts && personId !== plan.createdBy,
      );
      // The command that made it may be the one to run it, and needs two.
      const needed = plan.createdBy === null ? 2 : 1;
      const mine = reader !== null && counting.some(({ personId }) => personId === reader);
      return [plan.id, counting.length >= needed || mine ? 'approved' : 'waiting'];
    }),
  );
}

/** The open plans of every source that wait for a second admin, newest first; 20 at the most. Throws 'forbidden'. */
export async function plansAwaitingApproval(ctx: Context): Promise<ListedPlan[]> {
  const ofSources = await Promise.all(
    deletionSource.enumValues.map((source) => listPlans(ctx, { source, limit: 200, openOnly: true })),
  );
  return ofSources
    .flatMap(({ plans: newest }) => newest.filter(({ approval }) => approval === 'waiting'))
    .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime())
    .slice(0, 20);
}

const exactCreation = sql<string>`to_char(${plans.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

function before({ at, id }: { at: string; id: string }): SQL {
  return sql`(${plans.createdAt}, ${plans.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/** The run of a plan, for no plan runs twice; null when nobody has run it. Throws 'forbidden'. */
export async function runOfPlan(ctx: Context, args: { planId: string }): Promise<JobRun | null> {
  const { planId } = parse(z.strictObject({ planId: z.uuid('this is no id of a plan') }), args);
  await mayReadCleanups(ctx);
  const [run] = await ctx.db
    .select()
    .from(jobRuns)
    .where(eq(jobRuns.planId, planId))
    .orderBy(desc(jobRuns.createdAt))
    .limit(1);
  return run ?? null;
}
