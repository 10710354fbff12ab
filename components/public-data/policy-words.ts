import type { Amount } from '@/lib/anonymous/coming-due';
import type { PublishedPolicy } from '@/lib/anonymous/list-policies';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { isSomething, sayAmount } from './amount-words';
import { TIME_SHOWN } from './schedule-words';

/** 'On: after 7 days', 'Off'. */
export const sayPolicy = ({
  publicMode,
  retentionDays,
}: Pick<PublishedPolicy, 'publicMode' | 'retentionDays'>): string =>
  publicMode ? `On: after ${formatCount(retentionDays, 'day')}` : 'Off';

/** 'public-2, on: after 7 days'. */
export const sayPolicyInFull = (policy: PublishedPolicy): string =>
  `public-${policy.sequence}, ${sayPolicy(policy).toLowerCase()}`;

/** When the policy in force begins to cover what is older than it, and how much goes then; null: that is over, or it is off. */
export function sayWaiting(
  policy: PublishedPolicy,
  withPolicy: Amount,
  zone: string,
  now: Date,
): { title: string; text: string } | null {
  if (!policy.publicMode || policy.coversOldFrom <= now) return null;
  const when = formatInstantBoth(policy.coversOldFrom, zone);
  const since = formatInstantBoth(policy.inForceFrom, zone);
  return {
    title: `The policy takes effect for older data on ${when}`,
    text: `It came into force on ${since}. What was made before that falls under it when it has been in force, and shown here, for ${TIME_SHOWN}; time in which Lapse did not run does not count. ${
      isSomething(withPolicy)
        ? `From that instant on ${sayAmount(withPolicy)} may go.`
        : 'As things stand nothing more may go then.'
    }`,
  };
}
