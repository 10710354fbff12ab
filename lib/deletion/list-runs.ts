import { and, desc, eq, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import { deletionSource, plans } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import type { JobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { loadCleanupRun } from './cleanup-run';
import { type CleanupCounts, readCounts, settledFiles } from './counts';
import type { Plan } from './source';
import { sourceOf } from './sources';

export interface RunSummary {
  run: JobRun;
  /** NULL only in the moment between a schedule's tick and its plan. */
  plan: Plan | null;
  counts: CleanupCounts;
  /** From 0 to 1, by objects; 1 when there are none. */
  progress: number;
}

const listInput = z.strictObject({
  /** The last run of the page before. */
  before: z.strictObject({ createdAt: z.date(), id: z.uuid() }).optional(),
  limit: wholeNumber(1, 200, 'number').default(20),
  /** What they are about. */
  source: z.enum(deletionSource.enumValues).default('submission-artifacts'),
});

/** The runs of the cleanup, newest first. Throws 'forbidden'. */
export async function listRuns(
  ctx: Context,
  args: z.input<typeof listInput> = {},
): Promise<{ runs: RunSummary[]; nextBefore: { createdAt: Date; id: string } | null }> {
  const { before, limit, source } = parse(listInput, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db
    .select({ run: jobRuns, plan: plans })
    .from(jobRuns)
    .leftJoin(plans, eq(plans.id, jobRuns.planId))
    .where(
      and(
        eq(jobRuns.job, sourceOf(source).job),
        before &&
          or(
            lt(jobRuns.createdAt, before.createdAt),
            and(eq(jobRuns.createdAt, before.createdAt), lt(jobRuns.id, before.id)),
          ),
      ),
    )
    .orderBy(desc(jobRuns.createdAt), desc(jobRuns.id))
    .limit(limit + 1);
  const runs = rows.slice(0, limit).map(({ run, plan }) => summarize(run, plan));
  const last = runs.at(-1)?.run;
  const nextBefore = rows.length > runs.length && last ? { createdAt: last.createdAt, id: last.id } : null;
  return { runs, nextBefore };
}

const loadInput = z.strictObject({ jobRunId: z.uuid('this is no id of a run') });

/** One run with its plan and how far it is. Throws 'forbidden', 'not_found'. */
export async function loadRun(
  ctx: Context,
  args: z.input<typeof loadInput>,
): Promise<RunSummary & { plan: Plan }> {
  const { jobRunId } = parse(loadInput, args);
  await mayReadCleanups(ctx);
  const { run, plan } = await loadCleanupRun(ctx.db, jobRunId);
  return { ...summarize(run, plan), plan };
}

function summarize(run: JobRun, plan: Plan | null): RunSummary {
  const counts = readCounts(run.counts);
  const planned = plan?.files ?? 0;
  return { run, plan, counts, progress: planned === 0 ? 1 : Math.min(1, settledFiles(counts) / planned) };
}
