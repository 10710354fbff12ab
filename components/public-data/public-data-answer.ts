import { type ComingDue, DAYS_AHEAD } from '@/lib/anonymous/coming-due';
import type { PublishedPolicy } from '@/lib/anonymous/list-policies';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatClock, formatDate, formatRelative } from '@/lib/platform/format-time';
import { isSomething, sayAmount, sayUnits } from './amount-words';

interface Facts {
  /** The one in force; undefined: none was ever recorded. */
  policy: PublishedPolicy | undefined;
  coming: ComingDue;
  /** Whether a hold stands on all anonymous data. */
  isAllHeld: boolean;
  total: number;
  /** The next run of the schedule. */
  next: Date;
}

/** What would go and when, in a sentence or two. */
export function publicDataAnswer(facts: Facts, zone: string, now: Date): string {
  const { policy, coming, isAllHeld, total, next } = facts;
  if (!policy) {
    return `Nothing is deleted: no policy is written down yet, as Lapse does when it starts. ${stayWords(total)}`;
  }
  if (!policy.publicMode) return `Nothing is deleted: PUBLIC_MODE is off. ${stayWords(total)}`;
  if (isAllHeld) return `Nothing is deleted: a hold stands on all anonymous data. ${stayWords(total)}`;
  if (isEmpty(coming)) return `Nothing anonymous is due, and nothing has a date. ${stayWords(total)}`;
  return `${dueWords(coming, next, zone, now)} ${comingWords(coming, zone)}`;
}

const isEmpty = ({ now: due, heldBack, days, later }: ComingDue): boolean =>
  !isSomething(due) && Object.keys(heldBack).length === 0 && days.length === 0 && !isSomething(later);

function stayWords(total: number): string {
  if (total === 0) return 'No transcript has arrived yet.';
  return total === 1
    ? 'The one transcript that is here stays.'
    : `All ${formatNumber(total)} transcripts stay.`;
}

function dueWords({ now: due, heldBack }: ComingDue, next: Date, zone: string, now: Date): string {
  const held = Object.values(heldBack).reduce((sum, transcripts) => sum + transcripts, 0);
  const stay = held === 1 ? 'is' : 'are';
  if (!isSomething(due)) {
    return held === 0
      ? 'Nothing anonymous is due now.'
      : `The next run deletes nothing: ${formatCount(held, 'transcript')} whose period is over ${stay} held back.`;
  }
  const others =
    held === 0 ? '' : ` ${formatCount(held, 'more transcript')} whose period is over ${stay} held back.`;
  const utc = zone === 'UTC' ? '' : ` (${formatClock(next, 'UTC')})`;
  return `The next run, ${formatRelative(next, now)}, on ${formatDate(next, zone)} at ${formatClock(next, zone)}${utc}, deletes ${sayAmount(due)}.${others}`;
}

function comingWords({ days, later }: ComingDue, zone: string): string {
  const [first] = days;
  if (!first) {
    return isSomething(later)
      ? `${sayUnits(later)} may go in more than ${formatCount(DAYS_AHEAD, 'day')}.`
      : 'Nothing else has a date.';
  }
  const after = days.slice(1).reduce((sum, { transcripts }) => sum + transcripts, later.transcripts);
  const more = after > 0 ? `, and ${formatCount(after, 'more transcript')} later` : '';
  return `${sayUnits(first)} may go from ${sayDay(first.day, zone)} on${more}.`;
}

/** Days of the rule are days of UTC; for other zones that is said. */
export function sayDay(day: string, zone: string): string {
  const date = formatDate(new Date(`${day}T00:00:00Z`), 'UTC');
  return zone === 'UTC' ? date : `${date} (UTC)`;
}
