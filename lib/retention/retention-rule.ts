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
  /** The last notice that was sent under this consent and after the last release of a hold, if it named the submission. */
  notice: { sentAt: Date; announcedDate: Date } | null;
}

export type EligibleDate =
  | { date: Date; why: 'phase-end' | 'consent' | 'notice' | 'postponed' }
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

/** When the submission's artifacts may go at the earliest (E4, E5, E9), and which rule decided: the latest wins (L4). */
export function eligibleDate(facts: RetentionFacts): EligibleDate {
  if (facts.consentAt === null) return { date: null, why: 'no-consent' };
  if (facts.phaseIsPublic) return { date: null, why: 'phase-public' };
  if (facts.phaseEnd === null) return { date: null, why: 'no-end-date' };

  const candidates: { date: Date; why: 'phase-end' | 'consent' | 'notice' | 'postponed' }[] = [
    { date: addDays(facts.phaseEnd, retentionDays(facts)), why: 'phase-end' },
    { date: addDays(facts.consentAt, RETENTION_POLICY.daysAfterConsent), why: 'consent' },
  ];
  if (facts.notice) {
    candidates.push({ date: addDays(facts.notice.sentAt, RETENTION_POLICY.daysAfterNotice), why: 'notice' });
    // Nothing goes earlier than its hosts were told, even if a shorter period applies by now (L4).
    candidates.push({ date: facts.notice.announcedDate, why: 'notice' });
  }
  if (facts.postponedUntil) candidates.push({ date: facts.postponedUntil, why: 'postponed' });
  return candidates.reduce((latest, next) => (next.date > latest.date ? next : latest));
}

/**
 * Every rule that keeps the submission at `now`, strongest first; empty when it may go. The first is the deciding one.
 */
export function keepingReasons(facts: RetentionFacts, now: Date): Reason[] {
  const eligible = eligibleDate(facts);
  const stored = facts.storedDate;
  const due = eligible.date !== null && stored !== null && eligible.date <= now && stored <= now;
  const announced =
    facts.notice !== null && stored !== null && facts.notice.announcedDate.getTime() === stored.getTime();
  const noticeIsOld =
    facts.notice !== null && addDays(facts.notice.sentAt, RETENTION_POLICY.daysAfterNotice) <= now;

  const checks: [Reason, boolean][] = [
    ['not-managed', facts.useHostCredentials],
    ['held', facts.held],
    ['challenge-vanished', facts.vanished],
    ['challenge-disabled', facts.disabled],
    ['no-consent', facts.consentAt === null],
    ['phase-public', facts.phaseIsPublic],
    ['no-end-date', facts.phaseEnd === null],
    ['still-active', (ACTIVE_STATUSES as readonly string[]).includes(facts.status)],
    ['not-due', !due],
    ['not-announced', !announced],
    ['announced-too-recently', !noticeIsOld],
  ];
  return checks.filter(([, applies]) => applies).map(([reason]) => reason);
}

/** The deciding rule at `now`. */
export function decide(facts: RetentionFacts, now: Date): Reason {
  return keepingReasons(facts, now)[0] ?? 'retention-period-over';
}
