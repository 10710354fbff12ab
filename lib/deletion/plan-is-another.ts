import type { Context } from '@/lib/people/context';
import type { CleanupRun } from './cleanup-run';
import { planHash } from './plan-text';

/** Runs whose plan this process has found to be the one that was made, each with the store that it was found for. */
const found = new Set<string>();
/** There is one at a time; those that have ended are forgotten all at once. */
const MOST = 1000;

/**
 * Why a run must not touch anything, in a sentence: its plan is not the one that was made, or was made for another store
 * than the one that is configured by now. The same keys there are other objects, and one that is not there says nothing of
 * the one that was to go. Null when all is well. All of the plan is read once for each run and process: neither can change
 * without somebody at the database or a new start.
 */
export async function whyPlanIsAnother(ctx: Context, { run, plan }: CleanupRun): Promise<string | null> {
  const subject = `${run.id} ${plan.hash} ${ctx.storage.name}`;
  if (found.has(subject)) return null;
  if ((await planHash(ctx.db, plan, ctx.storage.name)) !== plan.hash) {
    return 'The plan is not the one that was made: its items or the storage have changed.';
  }
  if (found.size >= MOST) found.clear();
  found.add(subject);
  return null;
}
