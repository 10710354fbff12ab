import { and, desc, eq, inArray, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { jobRunState, jobRuns } from '@/db/schema/jobs';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { JOBS, type JobName } from './catalogue';
import type { JobRun } from './job-run';
import { mayReadJobs } from './read-job-run';

const NAMES = Object.keys(JOBS) as JobName[];

/** Jobs that run so often that their runs would hide all others; see `routine` below. */
export const ROUTINE_JOBS: readonly JobName[] = ['maintain-audit-log', 'apply-override-changes'];

const input = z.strictObject({
  job: z.enum(NAMES as [JobName, ...JobName[]], `use one of ${NAMES.join(', ')}`).optional(),
  state: z
    .enum(jobRunState.enumValues, { error: `use one of ${jobRunState.enumValues.join(', ')}` })
    .optional(),
  /** False leaves out the runs of ROUTINE_JOBS that went well. */
  routine: z.boolean().default(true),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export type ListJobRunsInput = z.input<typeof input>;

/**
 * Runs of the scheduled jobs, the newest first. For admins and auditors; throws 'forbidden' (which leaves an audit event),
 * 'invalid'.
 */
export async function listJobRuns(
  ctx: Context,
  args: ListJobRunsInput = {},
): Promise<{ runs: JobRun[]; nextCursor: string | null }> {
  const filter = parse(input, args);
  await mayReadJobs(ctx);
  const rows = await ctx.db
    .select({ run: jobRuns, at: exactCreation })
    .from(jobRuns)
    .where(and(...conditions(filter)))
    .orderBy(desc(jobRuns.createdAt), desc(jobRuns.id))
    .limit(filter.limit + 1);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.at, id: last.run.id }) : null;
  return { runs: page.map(({ run }) => run), nextCursor };
}

const exactCreation = sql<string>`to_char(${jobRuns.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

function conditions(filter: z.output<typeof input>): (SQL | undefined)[] {
  const { job, state, routine, cursor } = filter;
  return [
    job && eq(jobRuns.job, job),
    state && eq(jobRuns.state, state),
    routine
      ? undefined
      : or(
          notInArray(jobRuns.job, [...ROUTINE_JOBS]),
          inArray(jobRuns.state, ['partial', 'stopped', 'failed']),
        ),
    cursor === undefined ? undefined : before(decodeCursor(cursor)),
  ];
}

function before({ at, id }: { at: string; id: string }): SQL {
  return sql`(${jobRuns.createdAt}, ${jobRuns.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/** The newest run of each job; a job that never ran is not in it. Throws 'forbidden'. */
export async function lastRunOfEachJob(ctx: Context): Promise<Partial<Record<JobName, JobRun>>> {
  await mayReadJobs(ctx);
  const last: Partial<Record<JobName, JobRun>> = {};
  for (const name of NAMES) {
    const [run] = await ctx.db
      .select()
      .from(jobRuns)
      .where(eq(jobRuns.job, name))
      .orderBy(desc(jobRuns.createdAt), desc(jobRuns.id))
      .limit(1);
    if (run) last[name] = run;
  }
  return last;
}
