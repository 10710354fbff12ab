import { addDays } from '@/lib/platform/clock';
import { formatCount } from '@/lib/platform/format';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { REASONS, type Reason } from '@/lib/retention/reasons';
import {
  DATE_RULES,
  type DateRule,
  eligibleDate,
  keepingRules,
  type RetentionFacts,
  retentionDays,
  ruleDates,
} from '@/lib/retention/retention-rule';

export interface ExplainedRule {
  /** A code of lib/retention/reasons, or of DATE_RULES. */
  rule: Reason | DateRule;
  /** 'keeps': as long as it applies, nothing goes. 'date': sets a date; the latest of these wins (L4). */
  kind: 'keeps' | 'date';
  /** 'loses': it applies, and a stronger or a later one decides. */
  outcome: 'decides' | 'loses' | 'does-not-apply';
  /** Until when it keeps; null when it sets no date. */
  date: Date | null;
  /** Why it applies or does not, as half a sentence. */
  words: string;
}

/** What each rule says at `at`: those that keep, strongest first, then those that set the date. */
export function explainRules(facts: RetentionFacts, at: Date): ExplainedRule[] {
  return [...keeping(facts, at), ...dates(facts)];
}

function keeping(facts: RetentionFacts, at: Date): ExplainedRule[] {
  const rules = keepingRules(facts, at);
  const deciding = rules.find(({ applies }) => applies);
  return rules.map((rule) => ({
    rule: rule.reason,
    kind: 'keeps',
    outcome: !rule.applies ? 'does-not-apply' : rule === deciding ? 'decides' : 'loses',
    date: rule.applies ? keepsUntil(rule.reason, facts) : null,
    words: rule.applies ? sayKeeping(rule.reason, facts) : KEEPS_NOT[rule.reason],
  }));
}

function keepsUntil(reason: Reason, facts: RetentionFacts): Date | null {
  if (reason === 'announced-too-recently' && facts.notice) {
    return addDays(facts.notice.sentAt, RETENTION_POLICY.daysAfterNotice);
  }
  if (reason !== 'not-due') return null;
  const { date } = eligibleDate(facts);
  // Both must be reached; they differ only until the dates are computed again.
  return date && facts.storedDate && facts.storedDate > date ? facts.storedDate : date;
}

function sayKeeping(reason: Reason, facts: RetentionFacts): string {
  if (reason === 'not-due' && eligibleDate(facts).date === null) return 'there is no retention date';
  if (reason === 'announced-too-recently' && !facts.notice) return 'no notice that counts has been sent';
  return REASONS[reason];
}

const KEEPS_NOT: Record<Reason, string> = {
  'not-managed': 'the bucket is managed by Lapse',
  held: 'no hold stands on it, its phase or its challenge',
  'challenge-vanished': 'the platform lists the challenge',
  'challenge-disabled': 'the challenge is not disabled',
  'no-consent': 'a host has consented',
  'phase-public': 'the phase is not public',
  'no-end-date': 'the phase has an end date',
  'still-active': 'the submission is not being processed',
  'not-due': 'the retention date is reached',
  'not-announced': 'the hosts were sent a notice that names it and its date',
  'announced-too-recently': 'the notice was sent 14 days ago or earlier',
  'retention-period-over': 'something keeps it',
};

function dates(facts: RetentionFacts): ExplainedRule[] {
  const found = ruleDates(facts);
  const eligible = eligibleDate(facts);
  return DATE_RULES.map((rule) => ({
    rule,
    kind: 'date',
    outcome: found[rule] === null ? 'does-not-apply' : eligible.why === rule ? 'decides' : 'loses',
    date: found[rule],
    words: found[rule] === null ? SETS_NO_DATE[rule] : sayDate(rule, facts),
  }));
}

const SETS_NO_DATE: Record<DateRule, string> = {
  'phase-end': 'the phase has no end date',
  consent: 'no consent is in force',
  notice: 'no notice that counts has been sent',
  announced: 'no date that counts has been announced',
  postponed: 'nobody has postponed it',
};

/** The date of a rule as a phrase: '30 days after the end of its phase'. */
export function sayDate(rule: DateRule, facts: RetentionFacts): string {
  switch (rule) {
    case 'phase-end':
      return `${formatCount(retentionDays(facts), 'day')} after the end of its phase`;
    case 'consent':
      return `${RETENTION_POLICY.daysAfterConsent} days after the consent`;
    case 'notice':
      return `${RETENTION_POLICY.daysAfterNotice} days after the notice`;
    case 'announced':
      return 'the date that the hosts were told';
    case 'postponed':
      return 'the day until which an admin postponed it';
  }
}
