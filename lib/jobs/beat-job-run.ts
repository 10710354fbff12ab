import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { jobRuns } from '@/db/schema/jobs';
import type { Context } from '@/lib/people/context';

/** A sign of life with the counts so far; returns whether somebody has asked the run to stop. */
export async function beatJobRun(
  ctx: Context,
  db: Queryable,
  id: string,
  counts: Record<string, number>,
): Promise<{ stopRequested: boolean }> {
  const [run] = await db
    .update(jobRuns)
    .set({ heartbeatAt: ctx.clock.now(), counts })
    .where(eq(jobRuns.id, id))
    .returning({ stopRequestedAt: jobRuns.stopRequestedAt });
  return { stopRequested: run !== undefined && run.stopRequestedAt !== null };
}
