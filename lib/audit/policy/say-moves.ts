import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import type { Moved, Moves } from './moves';
import { hotPeriod, type TierPolicy } from './tier-policy';

/** What a change does on one day, each in a sentence; what removes something for good comes first. Days are UTC. */
export function movesSentences(moves: Moves, policy: TierPolicy): string[] {
  const { gone, expired, toArchives, toCold, waiting } = moves;
  const say = (moved: Moved, words: (amount: string, days: string) => string) =>
    moved.events === 0 ? [] : [words(amountOf(moved), daysOf(moved))];
  return [
    ...say(gone, (amount, days) => `${amount} of ${days} are gone for good: there is no copy of them.`),
    ...say(expired, (amount, days) => `Archives with ${amount} of ${days} expire: those are gone for good.`),
    ...say(
      toArchives,
      (amount, days) =>
        `${amount} of ${days} leave the hot tier, which they would not yet do; they stay in verified archives, where the same search finds them.`,
    ),
    ...say(toCold, (amount, days) => `Daily archives with ${amount} of ${days} become monthly ones.`),
    ...say(
      waiting,
      (amount, days) =>
        `${amount} of ${days} are old enough as well and stay until they, and all before them, are in verified archives.`,
    ),
    ...backlog(gone.events + toArchives.events, policy),
  ];
}

/** Where there is nothing to say. */
export const NOTHING_MOVES = 'Of what is sealed now, it moves and removes nothing.';

/** '1,200 events (1.1 MB)' */
const amountOf = ({ events, bytes }: Moved): string =>
  `${formatCount(events, 'event')} (${formatBytes(bytes)})`;

/** '12 days, 2026-09-26 to 2026-10-07' */
function daysOf({ days, dayCount }: Moved): string {
  const [first, last] = [days[0]?.day, days.at(-1)?.day];
  if (dayCount === 1 || first === undefined || last === undefined) return first ?? 'one day';
  const until = dayCount > days.length ? ` to ${last} and later` : ` to ${last}`;
  return `${formatNumber(dayCount)} days from ${first}${until}`;
}

/** How long it takes at the pace of the cleanup, when it takes more than one activation. */
function backlog(events: number, policy: TierPolicy): string[] {
  const activations = Math.ceil(events / policy.maxDeletedPerActivation);
  if (activations < 2) return [];
  const hours = Math.max(1, Math.round((activations * policy.periodSeconds) / 3600));
  const whole = policy.dropPartitions ? ', less what goes with whole partitions' : '';
  return [
    `Row by row that is ${formatNumber(activations)} activations of the cleanup, some ${formatCount(hours, 'hour')}${whole}.`,
  ];
}

/** 'Events stay in the database for 30 days, then in daily archives until day 365, then in monthly archives for good.' */
export function policySentence(policy: TierPolicy): string {
  const { archive, warmDays, coldDays } = policy;
  const hot = formatCount(hotPeriod(policy), 'day');
  if (!archive) return `Events stay in the database for ${hot} and are then gone for good: archiving is off.`;
  const end =
    coldDays === null
      ? 'then in monthly ones for good'
      : `then in monthly ones until day ${formatNumber(coldDays)}, and are then gone for good`;
  return `Events stay in the database for ${hot}, then in daily archives until day ${formatNumber(warmDays)}, ${end}.`;
}
