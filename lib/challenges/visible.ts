import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { audited, refuse } from '@/lib/audit/record';
import { can, canSeeChallenge, HOST_STATUSES } from '@/lib/people/access';
import { type Actor, seesAs } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { type LapseError, notFound } from '@/lib/platform/errors';
import { sayLacking } from '@/lib/tokens/lacking-permission';

/**
 * The condition on `challenges c` under which the actor may see it: whoever reads everything sees all, a person those of
 * his own teams, anybody else none.
 */
export function visibleTo(actor: Actor): SQL {
  if (can(actor, 'challenges.read-all')) return sql`true`;
  const personId = seesAs(actor);
  if (personId === null) return sql`false`;
  const statuses = sql.join(
    HOST_STATUSES.map((status) => sql`${status}::member_status`),
    sql`, `,
  );
  return sql`exists (
    select from host_team_members own
    where own.team_id = c.creator_team_id and own.person_id = ${personId} and own.status in (${statuses})
  )`;
}

/**
 * Returns when the actor may see the challenge. Otherwise throws 'not_found', in the same words whether the challenge
 * exists or not, because a host must not learn of others' challenges; that he was refused stands in the audit log (L8).
 * `refusal` is what to throw where the question was for something in the challenge.
 */
export async function requireVisible(
  ctx: Context,
  challengeId: number,
  refusal: LapseError = noSuchChallenge(challengeId),
): Promise<void> {
  await requireEyes(ctx, `challenge:${challengeId}`);
  if (await isVisible(ctx.db, ctx.actor, challengeId)) return;
  await audited(ctx, { action: 'access.refuse', target: `challenge:${challengeId}` }, async () => {
    throw refusal;
  });
}

/**
 * Refuses a token that sees no challenge whatever: it lacks a scope, and is told which. To be asked before anything is
 * looked up, so that the answer does not tell what exists. Throws 'forbidden', which leaves an audit event.
 */
export async function requireEyes(ctx: Context, target: string): Promise<void> {
  const { actor } = ctx;
  if (actor.type !== 'token' || can(actor, 'challenges.read-all') || seesAs(actor) !== null) return;
  await refuse(ctx, { target }, sayLacking(actor, 'challenges.read-all', 'There is nothing here.'));
}

async function isVisible(db: Queryable, actor: Actor, challengeId: number): Promise<boolean> {
  if (!Number.isInteger(challengeId) || challengeId < 1 || challengeId > 2_147_483_647) return false;
  return canSeeChallenge(db, actor, challengeId);
}

export const noSuchChallenge = (challengeId: number) =>
  notFound(`There is no challenge ${challengeId} among those that you may see.`);

export const noSuchSubmission = (submissionId: number) =>
  notFound(`There is no submission ${submissionId} among those that you may see.`);
