import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { plans } from '@/db/schema/deletion';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { notFound } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { askUnknownSizes } from './ask-sizes';
import { planHash } from './plan-text';
import type { Plan, PlanScope } from './source';
import { submissionArtifacts } from './submission-artifacts';

/** A plan that a person made may be run for so long. */
export const PLAN_LIFE_DAYS = 1;

/**
 * The one planner, of previews and of scheduled runs alike (L6). Needs a transaction that sees one state of the database
 * ('repeatable read'), or the plan would mix two. Throws 'not_found' for a challenge that there is not.
 */
export async function makePlan(
  ctx: Context,
  tx: Transaction,
  scope: Pick<PlanScope, 'challengeId' | 'retriesOf'>,
  state: 'ready' | 'running',
): Promise<Plan> {
  const now = ctx.clock.now();
  await assertChallenge(tx, scope.challengeId);
  const empty = {
    id: newId(),
    source: submissionArtifacts.name,
    state,
    challengeId: scope.challengeId ?? null,
    createdBy: actorPersonId(ctx.actor),
    createdAt: now,
    expiresAt: addDays(now, PLAN_LIFE_DAYS),
    policyVersion: RETENTION_POLICY.version,
    hash: '',
    challenges: 0,
    submissions: 0,
    files: 0,
    bytes: 0,
    filesOfUnknownSize: 0,
    heldBackSubmissions: 0,
  } satisfies Plan;
  // Its sorts and hashes are over everything that is due, and only one or two plans are made at a time.
  await tx.execute(sql`select set_config('work_mem', '64MB', true)`);
  await tx.insert(plans).values(empty);
  await submissionArtifacts.insertPlanItems(tx, { ...scope, planId: empty.id, now });
  // A schedule's run needs no approval, so nobody has to know its bytes beforehand.
  if (state === 'ready') await askUnknownSizes(ctx, tx, empty.id);
  const [plan] = await tx
    .update(plans)
    .set({ ...(await totals(tx, empty.id)), hash: await planHash(tx, empty, ctx.storage.name) })
    .where(eq(plans.id, empty.id))
    .returning();
  if (!plan) throw new Error(`plan ${empty.id} was not written`);
  return plan;
}

async function assertChallenge(tx: Transaction, challengeId: number | undefined): Promise<void> {
  if (challengeId === undefined) return;
  const [found] = await tx
    .select({ id: challenges.id })
    .from(challenges)
    .where(eq(challenges.id, challengeId));
  if (!found) throw notFound(`There is no challenge ${challengeId}.`);
}

interface Totals {
  challenges: number;
  submissions: number;
  files: number;
  bytes: number;
  filesOfUnknownSize: number;
  heldBackSubmissions: number;
}

async function totals(tx: Transaction, planId: string): Promise<Totals> {
  const [row] = await tx.execute<Record<string, string>>(sql`
    select challenges, submissions, held_back, files, bytes, unknown
    from (
      select count(distinct challenge_id) filter (where will_delete) as challenges,
        count(distinct submission_id) filter (where will_delete) as submissions,
        count(distinct submission_id) filter (where not will_delete) as held_back
      from plan_items where plan_id = ${planId}::uuid
    ) rows, (
      select count(*) as files, coalesce(sum(size), 0) as bytes, count(*) filter (where size is null) as unknown
      from (
        select max(size_bytes) as size from plan_items
        where plan_id = ${planId}::uuid and will_delete group by storage_key
      ) distinct_objects
    ) objects`);
  const number = (name: string) => Number(row?.[name] ?? 0);
  return {
    challenges: number('challenges'),
    submissions: number('submissions'),
    files: number('files'),
    bytes: number('bytes'),
    filesOfUnknownSize: number('unknown'),
    heldBackSubmissions: number('held_back'),
  };
}
