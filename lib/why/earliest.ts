import { dateToAnnounce } from '@/lib/notices/prepare-notice';
import type { Reason } from '@/lib/retention/reasons';
import { eligibleDate, keepingRules, type RetentionFacts } from '@/lib/retention/retention-rule';

export interface Earliest {
  /** Nothing of it can go before this instant. */
  date: Date;
  /** The hosts have not been told of it yet; the date is the one that a notice sent at once would announce. */
  needsNotice: boolean;
}

/** What time and notices alone overcome; every other rule keeps until somebody changes something. */
const PASSING: readonly Reason[] = ['not-due', 'not-announced', 'announced-too-recently'];

/** The rules that keep it however long one waits, strongest first. */
export function lastingReasons(facts: RetentionFacts, at: Date): Reason[] {
  return keepingRules(facts, at).flatMap(({ reason, applies }) =>
    applies && !PASSING.includes(reason) ? [reason] : [],
  );
}

/** The facts once their stored date is what the rule says, as after each recomputation. */
export function inLine(facts: RetentionFacts): RetentionFacts {
  return { ...facts, storedDate: eligibleDate(facts).date };
}

/**
 * The first instant from `from` on at which the rule can let it go, if nothing else changes and the stored date is in
 * line; null while something keeps it that time and notices do not overcome.
 */
export function earliestDeletion(facts: RetentionFacts, from: Date): Earliest | null {
  const { date } = eligibleDate(facts);
  if (date === null || lastingReasons(facts, from).length > 0) return null;
  if (isAnnounced(facts, date)) return { date: latest(date, from), needsNotice: false };
  return { date: latest(date, dateToAnnounce(from)), needsNotice: true };
}

/** Whether the notice that counts has named this very date. */
export function isAnnounced(facts: RetentionFacts, date: Date): boolean {
  return facts.notice?.announcedDate.getTime() === date.getTime();
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
