import { conflict } from '@/lib/platform/errors';
import type { Plan } from './source';

/** Throws 'conflict' unless the plan is the one that was seen, is unused, has not expired and deletes something. */
export function assertRunnable(plan: Plan, hash: string, now: Date): void {
  if (plan.state === 'running' || plan.state === 'done') {
    throw conflict('This plan was run already. Make a new preview.');
  }
  if (plan.state === 'expired' || plan.expiresAt <= now) {
    throw conflict(`This plan expired at ${plan.expiresAt.toISOString()}. Make a new preview.`);
  }
  if (plan.hash !== hash) throw conflict('This is not the plan that you saw. Make a new preview.');
  if (plan.files === 0) throw conflict('This plan deletes nothing.');
}
