import { addDays } from '@/lib/platform/clock';
import { RETENTION_POLICY } from './policy';
import { ACTIVE_STATUSES, type Reason } from './reasons';

/** All that the rule needs to know of one submission. Times are instants; null means "there is none". */
export interface RetentionFacts {
  useHostCredentials: boolean;
  vanished: boolean;
  disabled: boolean;
  /** When the consent that is in force was given, as its record says; null without consent or without a record (L1). */
  consentAt: Date | null;
  artifactRetentionDaysOverride: number | null;
  logRetentionDaysOverride: number | null;
  phaseEnd: Date | null;
  phaseIsPublic: boolean;
  status: string;
  postponedUntil: Date | null;
  /** An active hold on the submission, its phase or its challenge. */
  held: boolean;
  /** The date that is stored with the submission. */
  storedDate: Date | null;
  /**
   * The last notice that was sent under this consent, after the last release of a hold, and after the last end of a pause of
   * the challenge or the phase, if it named the submission.
   */
  notice: { sentAt: Date; announcedDate: Date } | null;
}

/** The rules that set a date, in the order in which they win a tie. */
export const DATE_RULES = ['phase-end', 'consent', 'notice', 'announced', 'postponed'] as const;
export type DateRule = (typeof DATE_RULES)[number];

export type EligibleDate =
  | { date: Date; why: DateRule }
  | { date: null; why: 'no-consent' | 'phase-public' | 'no-end-date' };

/** The days that apply: the artifact override, else the log override, else the policy's (E5). */
export function retentionDays(
  facts: Pick<RetentionFacts, 'artifactRetentionDaysOverride' | 'logRetentionDaysOverride'>,
): number {
  return (
    facts.artifactRetentionDaysOverride ??
    facts.logRetentionDaysOverride ??
    RETENTION_POLICY.defaultRetentionDays
  );
}

/** The date that each rule sets by itself; null where it sets none. */
export function ruleDates(facts: RetentionFacts): Record<DateRule, Date | null> {
  const { phaseEnd, consentAt, notice, postponedUntil } = facts;
  return {
    'phase-end': phaseEnd && addDays(phaseEnd, retentionDays(facts)),
    consent: consentAt && addDays(consentAt, RETENTION_POLICY.daysAfterConsent),
    notice: notice && addDays(notice.sentAt, RETENTION_POLICY.daysAfterNotice),
    // Nothing goes earlier than its hosts were told, even if a shorter period applies by now (L4).
    announced: notice?.announcedDate ?? null,
    postponed: postponedUntil,
  };
}

/** When the submission's artifacts may go at the earliest (E4, E5, E9), and which rule decided: the latest wins (L4). */
export function eligibleDate(facts: RetentionFacts): EligibleDate {
  if (facts.consentAt === null) return { date: null, why: 'no-consent' };
  if (facts.phaseIsPublic) return { date: null, why: 'phase-public' };
  if (facts.phaseEnd === null) return { date: null, why: 'no-end-date' };
  const dates = ruleDates(facts);
  return DATE_RULES.map((why) => ({ why, date: dates[why] }))
    .filter((rule): rule is { why: DateRule; date: Date } => rule.date !== null)
    .reduce((latest, next) => (next.date > latest.date ? next : latest));
}

/** Every rule that can keep the submission, strongest first, and whether it does at `now`. The first that does decides. */
export function keepingRules(facts: RetentionFacts, now: Date): { reason: Reason; applies: boolean }[] {
  const eligible = eligibleDate(facts);
  const stored = facts.storedDate;
  const due = eligible.date !== null && stored !== null && eligible.date <= now && stored <= now;
  const announced =
    facts.notice !== null && stored !== null && facts.notice.announcedDate.getTime() === stored.getTime();
  const noticeIsOld =
    facts.notice !== null && addDays(facts.notice.sentAt, RETENTION_POLICY.daysAfterNotice) <= now;

  return [
    { reason: 'not-managed', applies: facts.useHostCredentials },
    { reason: 'held', applies: facts.held },
    { reason: 'challenge-vanished', applies: facts.vanished },
    { reason: 'challenge-disabled', applies: facts.disabled },
    { reason: 'no-consent', applies: facts.consentAt === null },
    { reason: 'phase-public', applies: facts.phaseIsPublic },
    { reason: 'no-end-date', applies: facts.phaseEnd === null },
    { reason: 'still-active', applies: (ACTIVE_STATUSES as readonly string[]).includes(facts.status) },
    { reason: 'not-due', applies: !due },
    { reason: 'not-announced', applies: !announced },
    { reason: 'announced-too-recently', applies: !noticeIsOld },
  ];
}

/** The rules that keep the submission at `now`, strongest first; empty when it may go. */
export function keepingReasons(facts: RetentionFacts, now: Date): Reason[] {
  return keepingRules(facts, now).flatMap(({ reason, applies }) => (applies ? [reason] : []));
}

/** The deciding rule at `now`. */
export function decide(facts: RetentionFacts, now: Date): Reason {
  return keepingReasons(facts, now)[0] ?? 'retention-period-over';
}
