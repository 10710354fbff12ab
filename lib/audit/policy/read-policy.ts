import type { Queryable } from '@/db/client';
import type { Clock } from '@/lib/platform/clock';
import { conflict } from '@/lib/platform/errors';
import { sayProblems, standingPolicy } from './stored-policy';
import type { TierPolicy } from './tier-policy';

export type { TierPolicy } from './tier-policy';

/**
 * The policy in force now: what an admin set and what the environment fixes, else the defaults; while something shorter is
 * scheduled, the longer one (L4). Throws a LapseError that says why when that is impossible: whoever removes anything must
 * then leave it, and say so (O4, O5). For jobs; checks no access.
 */
export async function readTierPolicy(ctx: { db: Queryable; clock: Clock }): Promise<TierPolicy> {
  const standing = await standingPolicy(ctx.db, ctx.clock.now());
  if (standing.problems.length > 0) {
    throw conflict(
      `The retention of the audit log is not possible, so nothing is removed: ${sayProblems(standing)}.`,
    );
  }
  return standing.inForce;
}
