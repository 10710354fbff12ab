import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { mayReadCleanups } from './cleanup-access';

export interface DueChallenge {
  id: number;
  title: string;
  /** Submissions whose date is reached; a preview says which of them are held back. */
  submissions: number;
}

const AT_MOST = 500;

/** The challenges of which a date is reached, by title, to choose one for a preview. Throws 'forbidden'. */
export async function dueChallenges(ctx: Context): Promise<DueChallenge[]> {
  await mayReadCleanups(ctx);
  const rows = await ctx.db.execute<Record<string, unknown>>(sql`
    select c.id, c.title, due.submissions
    from (
      select p.challenge_id, count(*)::int as submissions
      from submissions s join challenge_phases p on p.id = s.phase_id
      where s.retention_eligible_date <= ${ctx.clock.now().toISOString()}::timestamptz and not s.is_artifact_deleted
      group by p.challenge_id
    ) due
    join challenges c on c.id = due.challenge_id
    order by c.title, c.id
    limit ${AT_MOST}`);
  return rows.map((row) => ({
    id: Number(row.id),
    title: String(row.title),
    submissions: Number(row.submissions),
  }));
}
