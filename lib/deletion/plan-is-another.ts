import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import type { CleanupRun } from './cleanup-run';
import { planHash } from './plan-text';

/** Runs whose plan this process has found to be the one that was made, each with the store that it was found for. */
const found = new Set<string>();
/** There is one at a time; those that have ended are forgotten all at once. */
const MOST = 1000;

/**
 * Why a run must not touch anything, in a sentence: its plan is not the one that was made, or was made for another store
 * than the one that is configured by now, or the files of the platform's disk lie in another folder than when the run began.
 * The same keys there are other objects, and one that is not there says nothing of the one that was to go. Null when all is
 * well. All of the plan is read once for each run and process: none of it can change without somebody at the database or a new
 * start.
 */
export async function whyPlanIsAnother(ctx: Context, { run, plan }: CleanupRun): Promise<string | null> {
  const place = ctx.storage.localPlace ?? '';
  const subject = `${run.id} ${plan.hash} ${ctx.storage.name} ${place}`;
  if (found.has(subject)) return null;
  if ((await planHash(ctx.db, plan, ctx.storage.name)) !== plan.hash) {
    return 'The plan is not the one that was made: its items or the storage have changed.';
  }
  const began = await placeOf(ctx, plan.id, place);
  if (began !== place) {
    return `The files of the platform’s disk lay in ${began || 'the other store'} when it began, and LAPSE_LOCAL_FILES_DIR says ${place || 'nothing'} now.`;
  }
  if (found.size >= MOST) found.clear();
  found.add(subject);
  return null;
}

/** Where they lay when its run began, which is now where nobody has said so yet. */
async function placeOf({ db }: Context, planId: string, place: string): Promise<string> {
  const [row] = await db.execute<{ place: string }>(sql`
    update plans set local_place = coalesce(local_place, ${place}) where id = ${planId}::uuid
    returning local_place as place`);
  return row?.place ?? place;
}
