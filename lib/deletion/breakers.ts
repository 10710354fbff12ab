import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { formatCount } from '@/lib/platform/format';
import { readSetting } from '@/lib/settings/read-setting';

/**
 * Why the plan takes too much of one challenge (E12), in a sentence; null when it does not. The share is of all the
 * artifacts that the challenge ever had. Asked before the first deletion: a run never grows, so what is within the limit
 * then stays within it.
 */
export async function whyShareIsTooLarge(db: Queryable, planId: string): Promise<string | null> {
  const limit = await readSetting(db, 'cleanup.max-challenge-share-percent');
  if (limit >= 100) return null;
  const [worst] = await db.execute<{ id: number; title: string; planned: number; total: number }>(sql`
    select planned.challenge_id as id, c.title, planned.artifacts as planned, of_all.artifacts as total
    from (
      select challenge_id, count(*)::int as artifacts from plan_items
      where plan_id = ${planId}::uuid and will_delete group by challenge_id
    ) planned
    join challenges c on c.id = planned.challenge_id
    cross join lateral (
      select count(*)::int as artifacts from artifacts a
      join submissions s on s.id = a.submission_id
      join challenge_phases p on p.id = s.phase_id
      where p.challenge_id = planned.challenge_id
    ) of_all
    where planned.artifacts * 100.0 > of_all.artifacts * ${limit}::int
    order by planned.artifacts * 1.0 / of_all.artifacts desc, planned.challenge_id
    limit 1`);
  if (!worst) return null;
  return (
    `It would delete ${worst.planned} of the ${formatCount(worst.total, 'file')} of challenge ${worst.id} ` +
    `(${worst.title}); the setting allows ${limit}% of a challenge in one run.`
  );
}
