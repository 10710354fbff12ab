import { and, desc, eq, isNotNull, isNull, notInArray } from 'drizzle-orm';
import { reconciliations } from '@/db/schema/reconciliation';
import { audited } from '@/lib/audit/record';
import { type RunLock, withRunLock } from '@/lib/deletion/run-lock';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { failJobRun } from '@/lib/jobs/fail-job-run';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden, LapseError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { findDisagreements, findStuckClaims, nothingFound, totalOf } from './find-disagreements';
import { forgetListings, listObjects } from './list-objects';
import { countRows } from './read-keys';
import { findingsOf, sayReconciliation } from './say-reconciliation';

export type Reconciliation = typeof reconciliations.$inferSelect;

/** How many comparisons are remembered, with their findings. */
const KEPT = 30;

/**
 * Compares the rows with the stored objects, both ways, and writes down where they disagree (B6). It is a report: it deletes
 * nothing and changes no row of an artifact. One at a time; memory stays the same however much is stored.
 *
 * The run shows its progress and ends: 'partial' when the store did not answer for some objects, 'stopped' when somebody
 * asked for it. A run that is complete compares nothing again, however often it is told. When it throws, the run stays open for the retry, which begins anew. Throws 'forbidden', and 'unavailable'
 * when the store cannot be listed or another comparison is under way.
 */
export async function reconcileArtifacts(
  ctx: Context,
  { jobRunId }: { jobRunId: string },
): Promise<Reconciliation> {
  return audited(ctx, { action: 'reconciliation.run', target: `run:${jobRunId}` }, async (event) => {
    if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins and schedules compare rows with objects.');
    const done = await withRunLock(ctx, 'reconciliation', async (lock) => {
      const complete = await completeOf(ctx, jobRunId);
      if (complete) return complete;
      await clearLeftovers(ctx, jobRunId);
      try {
        return await compare(ctx, jobRunId, lock);
      } finally {
        await forgetListings(ctx.db);
      }
    });
    if (done === 'busy') throw new LapseError('unavailable', 'Another comparison is under way.');
    event.note({
      newValue: { reconciliationId: done.id, finished: done.finishedAt !== null, ...done.counts },
    });
    return done;
  });
}

/** What the run has found, when it is complete: its process may have died before it could say so. */
async function completeOf(ctx: Context, jobRunId: string): Promise<Reconciliation | undefined> {
  const [found] = await ctx.db
    .select()
    .from(reconciliations)
    .where(and(eq(reconciliations.jobRunId, jobRunId), isNotNull(reconciliations.finishedAt)))
    .limit(1);
  return found;
}

/**
 * The caller is the only one who compares, so whatever is not finished died: its run says so, and its half result goes with
 * a retry of the same run.
 */
async function clearLeftovers(ctx: Context, jobRunId: string): Promise<void> {
  await forgetListings(ctx.db);
  const own = and(eq(reconciliations.jobRunId, jobRunId), isNull(reconciliations.finishedAt));
  await ctx.db.delete(reconciliations).where(own);
  const dead = await ctx.db
    .select({ jobRunId: reconciliations.jobRunId })
    .from(reconciliations)
    .where(isNull(reconciliations.finishedAt));
  for (const other of dead) {
    // A run that has ended stays as it is.
    const summary = 'Failed: whoever worked on it ended before it was complete.';
    await failJobRun(ctx, { jobRunId: other.jobRunId, summary });
  }
}

async function compare(ctx: Context, jobRunId: string, lock: RunLock): Promise<Reconciliation> {
  const id = newId();
  await startJobRun(ctx, ctx.db, jobRunId);
  await ctx.db
    .insert(reconciliations)
    .values({ id, jobRunId, store: ctx.storage.name, startedAt: ctx.clock.now() });
  const expectedObjects = await objectsOfTheLast(ctx);
  const found = nothingFound();
  const beat = async (objects: number) => {
    await lock.confirm();
    const counts = { objects, findings: totalOf(found), ...(expectedObjects > 0 && { expectedObjects }) };
    return !(await beatJobRun(ctx, ctx.db, jobRunId, counts)).stopRequested;
  };
  const listing = await listObjects(ctx, id, beat);
  if (listing === 'stopped') return stop(ctx, jobRunId, id);
  found.unclear = listing.unclear;
  const goOn = () => beat(listing.objects);
  if (!(await findDisagreements(ctx, id, found, goOn))) return stop(ctx, jobRunId, id);
  await findStuckClaims(ctx, id, found, lock);
  return finish(ctx, jobRunId, id, {
    objects: listing.objects,
    objectBytes: listing.bytes,
    artifacts: await countRows(ctx.db),
    counts: { ...found.counts, unclear: found.unclear },
  });
}

/** What there is to list, for the progress: as many objects as the last complete comparison found; 0 without one. */
async function objectsOfTheLast(ctx: Context): Promise<number> {
  const [last] = await ctx.db
    .select({ objects: reconciliations.objects })
    .from(reconciliations)
    .where(isNotNull(reconciliations.finishedAt))
    .orderBy(desc(reconciliations.startedAt), desc(reconciliations.id))
    .limit(1);
  return last?.objects ?? 0;
}

type Figures = Pick<Reconciliation, 'objects' | 'objectBytes' | 'artifacts' | 'counts'>;

async function finish(ctx: Context, jobRunId: string, id: string, figures: Figures): Promise<Reconciliation> {
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(reconciliations)
      .set({ ...figures, finishedAt: ctx.clock.now() })
      .where(eq(reconciliations.id, id))
      .returning();
    if (!row) throw new Error(`the comparison ${id} is gone`);
    await finishJobRun(ctx, tx, jobRunId, {
      state: (figures.counts.unclear ?? 0) > 0 ? 'partial' : 'succeeded',
      summary: sayReconciliation(figures),
      counts: {
        objects: figures.objects,
        rows: figures.artifacts,
        findings: findingsOf(figures),
      },
    });
    const kept = tx
      .select({ id: reconciliations.id })
      .from(reconciliations)
      .orderBy(desc(reconciliations.startedAt), desc(reconciliations.id))
      .limit(KEPT);
    await tx.delete(reconciliations).where(notInArray(reconciliations.id, kept));
    return row;
  });
}

async function stop(ctx: Context, jobRunId: string, id: string): Promise<Reconciliation> {
  const [row] = await ctx.db.select().from(reconciliations).where(eq(reconciliations.id, id));
  if (!row) throw new Error(`the comparison ${id} is gone`);
  await finishJobRun(ctx, ctx.db, jobRunId, {
    state: 'stopped',
    summary:
      'Stopped when asked, before the comparison was complete: it says nothing of what it had not reached.',
  });
  return row;
}
