import type { Queryable } from '@/db/client';
import { heldPolicy } from './stored-policy';
import { hotPeriod, type TierPolicy } from './tier-policy';

/**
 * Why what was read as the policy does not hold any more for whoever is about to remove something by it; null when it does.
 * A longer retention holds from its commit on (L4, L7): in a transaction the policy is locked, so that none commits before that
 * transaction ends. `now` is the instant by which it was read.
 */
export async function whyKeptLonger(db: Queryable, now: Date, used: TierPolicy): Promise<string | null> {
  const { inForce, problems } = await heldPolicy(db, now);
  const isLonger =
    problems.length > 0 ||
    inForce.archive !== used.archive ||
    hotPeriod(inForce) > hotPeriod(used) ||
    (inForce.coldDays ?? Number.POSITIVE_INFINITY) > (used.coldDays ?? Number.POSITIVE_INFINITY);
  return isLonger
    ? 'The retention of the audit log was changed meanwhile. Nothing more is removed by the one before; the next run goes by it.'
    : null;
}
