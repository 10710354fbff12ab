import type { Queryable } from '@/db/client';
import { conflict } from '@/lib/platform/errors';
import type { Plan } from './source';
import { sourceOf } from './sources';

/**
 * Throws 'conflict' unless the plan is the one that was seen, is unused, has not expired, rests on the policy in force and
 * deletes something.
 */
export async function assertRunnable(db: Queryable, plan: Plan, hash: string, now: Date): Promise<void> {
  if (plan.state === 'running' || plan.state === 'done') {
    throw conflict('This plan was run already. Make a new preview.');
  }
  if (plan.state === 'expired' || plan.expiresAt <= now) {
    throw conflict(`This plan expired at ${plan.expiresAt.toISOString()}. Make a new preview.`);
  }
  if (plan.hash !== hash) throw conflict('This is not the plan that you saw. Make a new preview.');
  const outdated = await whyPolicyIsOutdated(db, plan);
  if (outdated !== null) throw conflict(`${outdated} Make a new preview.`);
  if (deletesNothing(plan)) throw conflict('This plan deletes nothing.');
}

/** Whether neither a file nor a row goes with it. */
export const deletesNothing = ({ files, transcripts }: Pick<Plan, 'files' | 'transcripts'>): boolean =>
  files === 0 && transcripts === 0;

/** Why a plan may not be run any further, in a sentence, when the policy has changed since it was made (L7); else null. */
export async function whyPolicyIsOutdated(
  db: Queryable,
  { source, policyVersion }: Pick<Plan, 'source' | 'policyVersion'>,
): Promise<string | null> {
  const inForce = await sourceOf(source).policyInForce(db);
  if (policyVersion === inForce) return null;
  return `The plan was made under policy ${policyVersion}, and ${inForce} is in force now.`;
}
