import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { requireHoldsRead } from './load-hold';

export interface HoldCounts {
  active: number;
  released: number;
  /** Challenges of which an active hold keeps anything. */
  challenges: number;
}

/** How many holds there are. Throws 'forbidden' (which leaves an audit event). */
export async function countHolds(ctx: Context): Promise<HoldCounts> {
  await requireHoldsRead(ctx);
  const [row] = await ctx.db.execute<{ active: number; released: number; challenges: number }>(sql`
    select count(*) filter (where h.released_at is null)::int as active,
      count(*) filter (where h.released_at is not null)::int as released,
      (count(distinct coalesce(h.challenge_id, p.challenge_id)) filter (where h.released_at is null))::int as challenges
    from holds h
    left join submissions s on s.id = h.submission_id
    left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)`);
  return row ?? { active: 0, released: 0, challenges: 0 };
}
