import { sql } from 'drizzle-orm';
import { sayHolder } from '@/lib/holds/hold-rows';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import type { Place } from './read-past';

/** A hold that keeps the submission. */
export interface StandingHold {
  id: string;
  on: 'challenge' | 'phase' | 'submission';
  placedAt: Date;
  /** These three are for admins and auditors; null for hosts. */
  matter: string | null;
  reason: string | null;
  placedBy: string | null;
}

/** The holds that stand on the submission, its phase or its challenge at `at`, the oldest first. */
export async function readHolds(ctx: Context, place: Place, at: Date): Promise<StandingHold[]> {
  const rows = await ctx.db.execute<Row>(sql`
    select h.id, h.matter, h.reason, h.placed_at, h.placed_by_actor, person.display_name as placed_by,
      case when h.challenge_id is not null then 'challenge' when h.phase_id is not null then 'phase' else 'submission' end as "on"
    from holds h left join people person on person.id = h.placed_by
    where (h.challenge_id = ${place.challengeId} or h.phase_id = ${place.phaseId} or h.submission_id = ${place.submissionId}::bigint)
      and h.placed_at <= ${at.toISOString()}::timestamptz
      and (h.released_at is null or h.released_at > ${at.toISOString()}::timestamptz)
    order by h.placed_at, h.id`);
  const mayRead = can(ctx.actor, 'holds.read');
  return rows.map((row) => ({
    id: row.id,
    on: row.on,
    placedAt: new Date(row.placed_at),
    matter: mayRead ? row.matter : null,
    reason: mayRead ? row.reason : null,
    placedBy: mayRead ? sayHolder(row.placed_by_actor, row.placed_by) : null,
  }));
}

interface Row extends Record<string, unknown> {
  id: string;
  matter: string;
  reason: string;
  placed_at: string;
  placed_by: string | null;
  placed_by_actor: unknown;
  on: StandingHold['on'];
}
