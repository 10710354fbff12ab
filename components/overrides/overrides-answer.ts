import type { OverrideChangeCounts } from '@/lib/overrides/count-override-changes';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';

/** '2 shortenings are scheduled; the next takes effect on 6 December 2026.' */
export function overridesAnswer(counts: OverrideChangeCounts, zone: string): string {
  const { scheduled, awaitingApproval, failing, nextEffect } = counts;
  return [
    scheduled === 0
      ? 'No shortening is scheduled.'
      : `${formatCount(scheduled, 'shortening is', 'shortenings are')} scheduled${nextEffect ? `; ${scheduled === 1 ? 'it' : 'the next'} takes effect on ${formatDate(nextEffect, zone)}` : ', and the hosts have not been told yet'}.`,
    failing > 0
      ? `The hosts of ${formatCount(failing, 'of them')} could not be told, so ${failing === 1 ? 'it' : 'they'} cannot take effect.`
      : '',
    awaitingApproval > 0
      ? `${formatCount(awaitingApproval, 'change waits', 'changes wait')} for a second admin.`
      : '',
    ofTheirOwn(counts),
  ]
    .filter(Boolean)
    .join(' ');
}

function ofTheirOwn({ challengesWithOverride }: OverrideChangeCounts): string {
  if (challengesWithOverride === 0) return 'Every challenge follows the default of the policy.';
  return `${formatCount(challengesWithOverride, 'challenge has', 'challenges have')} a retention period of ${challengesWithOverride === 1 ? 'its' : 'their'} own.`;
}
