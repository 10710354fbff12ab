import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { plans } from '@/db/schema/deletion';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { notFound } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { storeNow } from '@/lib/platform/storage/store-now';
import { askUnknownSizes } from './ask-sizes';
import { planHash } from './plan-text';
import type { Plan, PlanScope } from './source';
import { sourceOf } from './sources';

/** What a plan is to be about; without a source, the artifacts of submissions. */
export type PlanRequest = Pick<PlanScope, 'challengeId' | 'retriesOf' | 'olderThanDays'> & {
  source?: Plan['source'];
};

/** A plan that a person made may be run for so long. */
export const PLAN_LIFE_DAYS = 1;

/**
 * The one planner, of previews and of scheduled runs alike (L6). Needs a transaction that sees one state of the database
 * ('repeatable read'), or the plan would mix two. Throws 'not_found' for a challenge that there is not.
 */
export async function makePlan(
  ctx: Context,
  tx: Transaction,
  { source: name = 'submission-artifacts', ...scope }: PlanRequest,
  state: 'ready' | 'running',
): Promise<Plan> {
  const source = sourceOf(name);
  const now = ctx.clock.now();
  await assertChallenge(tx, scope.challengeId);
  const empty = {
    id: newId(),
    source: name,
    state,
    challengeId: scope.challengeId ?? null,
    createdBy: actorPersonId(ctx.actor),
    createdAt: now,
    expiresAt: addDays(now, PLAN_LIFE_DAYS),
    policyVersion: await source.policyInForce(tx),
    hash: '',
    localPlace: null,
    olderThanDays: scope.olderThanDays ?? null,
    challenges: 0,
    submissions: 0,
    files: 0,
    bytes: 0,
    filesOfUnknownSize: 0,
    heldBackSubmissions: 0,
    transcripts: 0,
    recordings: 0,
    meetings: 0,
    heldBackTranscripts: 0,
    heldBackCounted: {},
  } satisfies Plan;
  // Its sorts and hashes are over everything that is due, and only one or two plans are made at a time.
  await tx.execute(sql`select set_config('work_mem', '64MB', true)`);
  await tx.insert(plans).values(empty);
  const store = await storeNow(ctx.storage);
  // What a person looks at names all of it; a schedule's plan is made every day, and nobody looks at most of them.
  const namesHeldBack = state === 'ready';
  await source.insertPlanItems(tx, { ...scope, planId: empty.id, now, store, namesHeldBack });
  // A schedule's run needs no approval, so nobody has to know its bytes beforehand.
  if (state === 'ready') await askUnknownSizes(ctx, tx, empty.id);
  const [plan] = await tx
    .update(plans)
    .set({
      ...(await source.planTotals(tx, empty.id)),
      ...(await objectTotals(tx, empty.id)),
      hash: await planHash(tx, empty, ctx.storage.name),
    })
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

type ObjectTotals = Pick<Plan, 'files' | 'bytes' | 'filesOfUnknownSize'>;

async function objectTotals(tx: Transaction, planId: string): Promise<ObjectTotals> {
  const [row] = await tx.execute<Record<string, string>>(sql`
    select count(*) as files, coalesce(sum(size), 0) as bytes, count(*) filter (where size is null) as unknown
    from (
      select max(size_bytes) as size from plan_items
      where plan_id = ${planId}::uuid and will_delete group by storage_key
    ) distinct_objects`);
  return {
    files: Number(row?.files ?? 0),
    bytes: Number(row?.bytes ?? 0),
    filesOfUnknownSize: Number(row?.unknown ?? 0),
  };
}
