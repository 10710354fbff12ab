import { sql } from 'drizzle-orm';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';

export interface OverrideChangeCounts {
  awaitingApproval: number;
  /** Shortenings that wait for their day, or for their announcement. */
  scheduled: number;
  /** Those of them whose hosts could not be told so far. */
  failing: number;
  /** When the next takes effect; null when no hosts were told of any. */
  nextEffect: Date | null;
  /** Challenges that have a retention period of their own now. */
  challengesWithOverride: number;
}

/** How the overrides stand. For admins and auditors; throws 'forbidden' (which leaves an audit event). */
export async function countOverrideChanges(ctx: Context): Promise<OverrideChangeCounts> {
  if (!can(ctx.actor, 'challenges.read-all')) {
    return refuse(ctx, {}, 'Only admins and auditors see all override changes.');
  }
  const [row] = await ctx.db.execute<CountRow>(sql`
    select (count(*) filter (where state = 'awaiting-approval'))::int as awaiting,
      (count(*) filter (where state = 'scheduled'))::int as scheduled,
      (count(*) filter (where state = 'scheduled' and announced_at is null and last_error is not null))::int as failing,
      min(takes_effect_at) filter (where state = 'scheduled') as next,
      (select count(*)::int from challenges
        where artifact_retention_days_override is not null or log_retention_days_override is not null) as challenges
    from override_changes
    where state in ('awaiting-approval', 'scheduled')`);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    awaitingApproval: row.awaiting,
    scheduled: row.scheduled,
    failing: row.failing,
    nextEffect: row.next === null ? null : new Date(row.next),
    challengesWithOverride: row.challenges,
  };
}

interface CountRow extends Record<string, unknown> {
  awaiting: number;
  scheduled: number;
  failing: number;
  next: string | null;
  challenges: number;
}
