import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { plans } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import { people } from '@/db/schema/people';
import type { JobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import type { Plan } from './source';

const input = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(20),
});

export interface ListedPlan extends Plan {
  /** NULL when a schedule or a command made it. */
  createdByName: string | null;
}

/** The plans, newest first. Throws 'forbidden' (which leaves an audit event), 'invalid'. */
export async function listPlans(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ plans: ListedPlan[]; nextCursor: string | null }> {
  const { cursor, limit } = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db
    .select({ plan: plans, createdByName: people.displayName, at: exactCreation })
    .from(plans)
    .leftJoin(people, eq(people.id, plans.createdBy))
    .where(and(cursor === undefined ? undefined : before(decodeCursor(cursor))))
    .orderBy(desc(plans.createdAt), desc(plans.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    plans: page.map(({ plan, createdByName }) => ({ ...plan, createdByName })),
    nextCursor: rows.length > page.length && last ? encodeCursor({ at: last.at, id: last.plan.id }) : null,
  };
}

const exactCreation = sql<string>`to_char(${plans.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

function before({ at, id }: { at: string; id: string }): SQL {
  return sql`(${plans.createdAt}, ${plans.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/** The run of a plan, for no plan runs twice; null when nobody has run it. Throws 'forbidden'. */
export async function runOfPlan(ctx: Context, args: { planId: string }): Promise<JobRun | null> {
  const { planId } = parse(z.strictObject({ planId: z.uuid('this is no id of a plan') }), args);
  await mayReadCleanups(ctx);
  const [run] = await ctx.db
    .select()
    .from(jobRuns)
    .where(eq(jobRuns.planId, planId))
    .orderBy(desc(jobRuns.createdAt))
    .limit(1);
  return run ?? null;
}
