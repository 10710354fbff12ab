import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { jobRuns, outbox } from '@/db/schema/jobs';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import type { JobName } from './catalogue';

export type JobRun = typeof jobRuns.$inferSelect;

export interface NewJobRun {
  job: JobName;
  trigger: JobRun['trigger'];
  planId?: string;
  /** Such as a schedule's tick: the same key for the same job makes one run only. */
  dedupeKey?: string;
}

/**
 * Makes a queued run, in the caller's transaction when `db` is one. With a dedupe key that exists already the existing
 * run is returned, so that asking twice is asking once.
 */
export async function openJobRun(ctx: Context, db: Queryable, run: NewJobRun): Promise<JobRun> {
  const [created] = await db
    .insert(jobRuns)
    .values({
      id: newId(),
      job: run.job,
      trigger: run.trigger,
      requestedBy: recordedActor(ctx.actor),
      state: 'queued',
      planId: run.planId ?? null,
      dedupeKey: run.dedupeKey ?? null,
      createdAt: ctx.clock.now(),
    })
    .onConflictDoNothing()
    .returning();
  if (created) return created;
  const [existing] = await db
    .select()
    .from(jobRuns)
    .where(and(eq(jobRuns.job, run.job), eq(jobRuns.dedupeKey, run.dedupeKey ?? '')))
    .limit(1);
  if (!existing) throw new Error(`the run of ${run.job} was neither made nor found`);
  return existing;
}

/** Throws 'not_found' when there is no such run. */
export async function loadJobRun(db: Queryable, id: string): Promise<JobRun> {
  const [run] = await db.select().from(jobRuns).where(eq(jobRuns.id, id)).limit(1);
  if (!run) throw notFound(`There is no run ${id}.`);
  return run;
}

/** Marks a queued run as running; a run that is running already (a retry after a crash) stays so. */
export async function startJobRun(ctx: Context, db: Queryable, id: string): Promise<void> {
  const now = ctx.clock.now();
  await db
    .update(jobRuns)
    .set({ state: 'running', startedAt: now, heartbeatAt: now })
    .where(and(eq(jobRuns.id, id), eq(jobRuns.state, 'queued')));
}

export interface JobRunEnd {
  state: 'succeeded' | 'partial' | 'stopped' | 'failed' | 'skipped';
  summary: string;
  counts?: Record<string, number>;
  details?: Record<string, string | null>;
}

/** Ends a run that has not ended; an end that is written already stays. */
export async function finishJobRun(ctx: Context, db: Queryable, id: string, end: JobRunEnd): Promise<void> {
  const now = ctx.clock.now();
  await db
    .update(jobRuns)
    .set({
      state: end.state,
      summary: end.summary,
      finishedAt: now,
      heartbeatAt: now,
      ...(end.counts ? { counts: end.counts } : {}),
      ...(end.details ? { details: end.details } : {}),
    })
    .where(and(eq(jobRuns.id, id), inArray(jobRuns.state, ['queued', 'running'])));
}

/** Writes an event to be sent once the caller's transaction has committed. */
export async function sendLater(
  ctx: Context,
  db: Queryable,
  name: string,
  data: Record<string, unknown>,
): Promise<void> {
  await db.insert(outbox).values({ id: newId(), name, data, createdAt: ctx.clock.now() });
}
