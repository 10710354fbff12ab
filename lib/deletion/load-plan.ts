import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { plans } from '@/db/schema/deletion';
import { people } from '@/db/schema/people';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import { approvalCounts, approvesFrom, whyApprovalIsTooEarly } from '@/lib/people/admin-since';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { deletesNothing, whyPolicyIsOutdated } from './assert-runnable';
import { mayReadCleanups } from './cleanup-access';
import { approvalConfirmationFor, confirmationFor } from './confirmation';
import {
  approvalsMissing,
  approvalsNeeded,
  approvalsOf,
  enabledAdmins,
  type PlanApproval,
  readApprovalLimits,
  whyApprovalIsNeededWith,
} from './plan-approvals';
import { madeBySchedule, planMaker } from './plan-maker';
import { latelyOf, latelyOfMaker, requestedLately } from './requested-lately';
import type { Plan } from './source';

const input = z.strictObject({ planId: z.uuid('this is no id of a plan') });

/** Whether a run by hand needs a second admin, and how far that is, as the reader stands to it. */
export interface ApprovalStanding {
  /** Why it needs one for the reader to run it, with what he ran lately, in a sentence; null: it needs none. */
  why: string | null;
  /** Why only its maker needs one, who ran more lately than the reader; null when that is not so. */
  whyForMaker: string | null;
  approvals: PlanApproval[];
  /** How many admins must approve it for the reader to run it, and how many of them are missing; see approvalsNeeded. */
  needed: 1 | 2;
  missing: number;
  /** Whether the reader could run it now: it needs no approval, or somebody else has approved it. */
  isEnough: boolean;
  /** Whether the reader made it. */
  isOwn: boolean;
  /** Whether the reader may approve it now. */
  mayApprove: boolean;
  /** Why the reader, an admin of late, may not approve it, with the day from which on his approvals count; else null. */
  whyTooEarly: string | null;
  /** Enabled admins who have been so for too short a time to approve it, each with when that ends; by name. */
  laterApprovers: { personId: number; name: string; from: Date }[];
  /** The enabled admins whose approval would let the reader run it, by name. */
  approvers: { personId: number; name: string }[];
  /** What an admin types to approve it. */
  confirmation: string;
}

export interface PlanDetail extends Plan {
  /** NULL when a schedule or a command made it. */
  createdByName: string | null;
  /** Who or what made it, in words: 'Ada Lovelace', 'the schedule', 'the command line'. */
  madeBy: string;
  /** Of the one challenge that it is about; NULL: it is about all of them. */
  challengeTitle: string | null;
  /** Whether it is unused, has not expired, rests on the policy in force, and deletes something. */
  isOpen: boolean;
  /** In a sentence, that another policy is in force since it was made; null when it is not so. */
  whyOutdated: string | null;
  /** Whether the reader can run it by hand now, if he may run anything. */
  isRunnable: boolean;
  /** What a person types to run it. */
  confirmation: string;
  approval: ApprovalStanding;
}

/** A plan with its figures. Throws 'forbidden', 'not_found'. */
export async function loadPlan(ctx: Context, args: z.input<typeof input>): Promise<PlanDetail> {
  const { planId } = parse(input, args);
  await mayReadCleanups(ctx);
  const [found] = await ctx.db
    .select({
      plan: plans,
      createdByName: people.displayName,
      bySchedule: madeBySchedule,
      challengeTitle: challenges.title,
    })
    .from(plans)
    .leftJoin(people, eq(people.id, plans.createdBy))
    .leftJoin(challenges, eq(challenges.id, plans.challengeId))
    .where(eq(plans.id, planId));
  if (!found) throw notFound(`There is no plan ${planId}.`);
  const { plan, createdByName, bySchedule, challengeTitle } = found;
  const whyOutdated = await whyPolicyIsOutdated(ctx.db, plan);
  const isOpen =
    plan.state === 'ready' &&
    plan.expiresAt > ctx.clock.now() &&
    !deletesNothing(plan) &&
    whyOutdated === null;
  const approval = await standingOf(ctx, plan, isOpen);
  return {
    ...plan,
    createdByName,
    madeBy: planMaker(createdByName, bySchedule),
    challengeTitle,
    isOpen,
    whyOutdated,
    isRunnable: isOpen && approval.isEnough,
    confirmation: confirmationFor(plan),
    approval,
  };
}

async function standingOf(ctx: Context, plan: Plan, isOpen: boolean): Promise<ApprovalStanding> {
  const approvals = (await approvalsOf(ctx.db, [plan])).get(plan.id) ?? [];
  const now = ctx.clock.now();
  const limits = await readApprovalLimits(ctx.db, now);
  const all = await requestedLately(ctx.db, now);
  const why = whyApprovalIsNeededWith(plan, limits, { lately: latelyOf(all, ctx.actor), whom: 'you' });
  const lately = latelyOfMaker(all, plan.createdBy);
  const whyForMaker =
    why === null ? whyApprovalIsNeededWith(plan, limits, { lately, whom: 'its maker' }) : null;
  const reader = actorPersonId(ctx.actor);
  const missing = approvalsMissing(ctx.actor, plan, approvals);
  const isOwn = reader !== null && plan.createdBy === reader;
  const needsNone = why === null && whyForMaker === null;
  const admins = needsNone ? [] : await enabledAdmins(ctx.db);
  const zone = ctx.actor.type === 'user' ? ctx.actor.timeZone : 'UTC';
  const self = admins.find(({ personId }) => personId === reader);
  const whyTooEarly = self && !isOwn ? whyApprovalIsTooEarly(self.adminSince, plan.createdAt, zone) : null;
  const hasApproved = new Set(approvals.map(({ personId }) => personId));
  const others = admins.filter(
    ({ personId }) => personId !== plan.createdBy && personId !== reader && !hasApproved.has(personId),
  );
  return {
    why,
    whyForMaker,
    approvals,
    needed: approvalsNeeded(ctx.actor, plan),
    missing,
    isEnough: why === null || missing === 0,
    isOwn,
    mayApprove:
      isOpen &&
      !needsNone &&
      ctx.actor.type === 'user' &&
      can(ctx.actor, 'cleanup.run') &&
      !isOwn &&
      whyTooEarly === null &&
      !(reader !== null && hasApproved.has(reader)),
    whyTooEarly,
    laterApprovers: others.flatMap(({ personId, name, adminSince }) => {
      const from = approvesFrom(adminSince);
      return from === null || from <= plan.createdAt ? [] : [{ personId, name, from }];
    }),
    approvers: others
      .filter(({ adminSince }) => approvalCounts(adminSince, plan.createdAt))
      .map(({ personId, name }) => ({ personId, name })),
    confirmation: approvalConfirmationFor(plan),
  };
}
