import type { Queryable } from '@/db/client';
import type { Clock } from '@/lib/platform/clock';
import { conflict } from '@/lib/platform/errors';
import { heldPolicy, type StandingPolicy, sayProblems, standingPolicy } from './stored-policy';
import type { TierPolicy } from './tier-policy';

export type { TierPolicy } from './tier-policy';

/**
 * The policy in force now: what an admin set and what the environment fixes, else the defaults; while something shorter is
 * scheduled, the longer one (L4). Throws a LapseError that says why when that is impossible: whoever removes anything must
 * then leave it, and say so (O4, O5). For jobs; checks no access.
 */
export async function readTierPolicy(ctx: { db: Queryable; clock: Clock }): Promise<TierPolicy> {
  return possible(await standingPolicy(ctx.db, ctx.clock.now()));
}

/** The same for whoever removes something in this transaction (L7): until it ends, nobody else changes the policy. */
export async function holdTierPolicy(tx: Queryable, clock: Clock): Promise<TierPolicy> {
  return possible(await heldPolicy(tx, clock.now()));
}

function possible(standing: StandingPolicy): TierPolicy {
  if (standing.problems.length === 0) return standing.inForce;
  throw conflict(
    `The retention of the audit log is not possible, so nothing is removed: ${sayProblems(standing)}.`,
  );
}
