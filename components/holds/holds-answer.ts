import type { HoldCounts } from '@/lib/holds/count-holds';
import { formatCount, formatNumber } from '@/lib/platform/format';

/** What holds keep now, on challenges and on public data, in a sentence, and the rule in another. */
export function holdsAnswer(
  { active, released, challenges }: HoldCounts,
  onPublicData: { active: number; released: number },
): string {
  const over = released + onPublicData.released;
  const before = over > 0 ? `; ${formatNumber(over)} released before` : '';
  const kept = [
    ...(active > 0 ? [`${holdsKeep(active)} data of ${formatCount(challenges, 'challenge')}`] : []),
    ...(onPublicData.active > 0 ? [`${holdsKeep(onPublicData.active)} public data`] : []),
  ];
  if (kept.length === 0) return `No hold is in place${before}. ${RULE}`;
  return `${kept.join(' and ')} from being deleted${before}. ${RULE}`;
}

const RULE = 'A hold beats consent, notice, date and policy, and it never ends by itself.';

const holdsKeep = (holds: number): string =>
  `${formatCount(holds, 'hold')} ${holds === 1 ? 'keeps' : 'keep'}`;
