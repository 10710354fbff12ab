import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { retentionFacts } from '@/lib/retention/facts';
import { mayReadCleanups } from './cleanup-access';
import { GOES } from './reasons';

export interface DueNow {
  /** Submissions that a cleanup would delete now, and the challenges that they are of. */
  submissions: number;
  challenges: number;
  /** Submissions whose date is reached and which stay nevertheless. */
  heldBack: number;
}

/** What is due at this moment, by the rule that the planner uses; a preview says it exactly. Throws 'forbidden'. */
export async function dueNow(ctx: Context): Promise<DueNow> {
  await mayReadCleanups(ctx);
  const now = ctx.clock.now();
  const isDue = sql`s.retention_eligible_date <= ${now.toISOString()}::timestamptz and not s.is_artifact_deleted`;
  const [row] = await ctx.db.execute<{ submissions: number; challenges: number; held_back: number }>(sql`
    select (count(*) filter (where reason = ${GOES}))::int as submissions,
      (count(distinct challenge_id) filter (where reason = ${GOES}))::int as challenges,
      (count(*) filter (where reason <> ${GOES}))::int as held_back
    from (${retentionFacts(now, isDue)}) due`);
  return {
    submissions: row?.submissions ?? 0,
    challenges: row?.challenges ?? 0,
    heldBack: row?.held_back ?? 0,
  };
}
