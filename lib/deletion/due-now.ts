import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { retentionFacts } from '@/lib/retention/facts';
import { mayReadCleanups } from './cleanup-access';
import { GOES } from './reasons';

export interface DueNow {
  /** Submissions of which a cleanup would delete something now, and the challenges that they are of. */
  submissions: number;
  challenges: number;
  /** Submissions whose date is reached and of which nothing would go. */
  heldBack: number;
}

/**
 * What is due at this moment, by the rule that the planner uses, without writing anything: for a first look. What exactly
 * goes, a preview says. Throws 'forbidden'.
 */
export async function dueNow(ctx: Context): Promise<DueNow> {
  await mayReadCleanups(ctx);
  const now = ctx.clock.now();
  const instant = sql`${now.toISOString()}::timestamptz`;
  const isDue = sql`s.retention_eligible_date <= ${instant} and not s.is_artifact_deleted`;
  // One file that may go is enough: it is not waiting for a retry, and nobody who stays uses it as well.
  const [row] = await ctx.db.execute<{ submissions: number; challenges: number; held_back: number }>(sql`
    with due as materialized (
      select submission_id, challenge_id, reason = ${GOES} as may_go from (${retentionFacts(now, isDue)}) facts
    ), judged as materialized (
      select challenge_id, may_go and exists (
        select from artifacts a
        where a.submission_id = due.submission_id and a.state <> 'deleted'
          and not (a.state = 'failed' and coalesce(a.next_attempt_at > ${instant}, false))
          and not exists (
            select from artifacts o
            where o.storage_key = a.storage_key and o.id <> a.id and o.state <> 'deleted'
              and o.submission_id not in (select submission_id from due where may_go)
          )
      ) as goes
      from due
    )
    select (count(*) filter (where goes))::int as submissions,
      (count(distinct challenge_id) filter (where goes))::int as challenges,
      (count(*) filter (where not goes))::int as held_back
    from judged`);
  return {
    submissions: row?.submissions ?? 0,
    challenges: row?.challenges ?? 0,
    heldBack: row?.held_back ?? 0,
  };
}
