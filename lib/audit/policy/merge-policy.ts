import type { PolicyChanges, TierPolicy } from './tier-policy';

/** The policy with what is given in place of what it says. */
export const withChanges = (policy: TierPolicy, changes: PolicyChanges): TierPolicy => ({
  ...policy,
  ...(withoutGaps(changes) as Partial<TierPolicy>),
});

/** Only what is given. */
export function withoutGaps(changes: PolicyChanges): PolicyChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
