import { conflict } from '@/lib/platform/errors';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import type { Plan } from './source';

/**
 * Throws 'conflict' unless the plan is the one that was seen, is unused, has not expired, rests on the policy in force and
 * deletes something.
 */
export function assertRunnable(plan: Plan, hash: string, now: Date): void {
  if (plan.state === 'running' || plan.state === 'done') {
    throw conflict('This plan was run already. Make a new preview.');
  }
  if (plan.state === 'expired' || plan.expiresAt <= now) {
    throw conflict(`This plan expired at ${plan.expiresAt.toISOString()}. Make a new preview.`);
  }
  if (plan.hash !== hash) throw conflict('This is not the plan that you saw. Make a new preview.');
  const outdated = whyPolicyIsOutdated(plan);
  if (outdated !== null) throw conflict(`${outdated} Make a new preview.`);
  if (plan.files === 0) throw conflict('This plan deletes nothing.');
}

/** Why a plan may not be run any further, in a sentence, when the policy has changed since it was made (L7); else null. */
export function whyPolicyIsOutdated({ policyVersion }: Pick<Plan, 'policyVersion'>): string | null {
  if (policyVersion === RETENTION_POLICY.version) return null;
  return `The plan was made under policy ${policyVersion}, and ${RETENTION_POLICY.version} is in force now.`;
}
