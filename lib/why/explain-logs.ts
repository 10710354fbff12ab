import {
  decideLogRetention,
  firstExpiryIfToldAt,
  type LogRetentionDecision,
  type LogRetentionFacts,
  logDays,
  NO_LOG_RETENTION,
  type NoLogRetention,
  whyNoLogRetention,
} from '@/lib/logs/log-retention-rule';
import { addDays } from '@/lib/platform/clock';
import { formatCount } from '@/lib/platform/format';
import { RETENTION_POLICY } from '@/lib/retention/policy';

/** A rule that keeps the events of a group for good, as long as it applies. */
export interface LogKeepingRule {
  rule: NoLogRetention;
  outcome: 'decides' | 'loses' | 'does-not-apply';
  date: null;
  words: string;
}

/** A rule that sets until when the events of a group are kept. */
export interface LogDateRule {
  rule: 'period' | 'consent' | 'announced' | 'to-be-told';
  outcome: 'decides' | 'loses' | 'does-not-apply';
  date: Date | null;
  words: string;
}

export type LogChange =
  | { type: 'lift'; rule: NoLogRetention }
  | { type: 'scheduled-days'; days: number | null; takesEffectAt: Date }
  | { type: 'withdraw-consent' }
  | { type: 'place-hold' };

export interface LogWhatIf {
  change: LogChange;
  /** The facts that would then hold. */
  facts: LogRetentionFacts;
  /** What the rule would then say. */
  decision: LogRetentionDecision;
}

export interface LogExplanation {
  at: Date;
  tense: 'past' | 'present' | 'future';
  /** As lib/logs decides it. */
  decision: LogRetentionDecision;
  /** Why nothing is set, strongest first: the first decides, the others would decide next. */
  keeping: NoLogRetention[];
  /** What each rule says: those that keep, strongest first, then those that set the date, of which the latest wins. */
  rules: LogKeepingRule[];
  dates: LogDateRule[];
  whatIf: LogWhatIf[];
}

export interface ExplainLogsOptions {
  now: Date;
  /** The oldest event, as the service last said; null: none, or not asked. */
  oldestEventAt: Date | null;
  /** Changes of log_retention_days_override that will take effect by themselves. */
  scheduled?: readonly { days: number | null; takesEffectAt: Date }[];
}

/** Why the events of a log group stay, or until when they do, at `at`: asked of the rule that sets the retention (E13). */
export function explainLogs(
  facts: LogRetentionFacts,
  at: Date,
  { now, oldestEventAt, scheduled = [] }: ExplainLogsOptions,
): LogExplanation {
  const tense = at < now ? 'past' : at > now ? 'future' : 'present';
  const decision = decideLogRetention(facts, oldestEventAt, at);
  const keeping = allReasons(facts, at);
  const changed = tense === 'past' ? [] : changesOf(facts, at, keeping, decision, scheduled);
  return {
    at,
    tense,
    decision,
    keeping,
    rules: rulesOf(keeping),
    dates: datesOf(facts, decision, at),
    whatIf: changed.map((found) => ({
      ...found,
      decision: decideLogRetention(found.facts, oldestEventAt, momentOf(found.change, at)),
    })),
  };
}

const momentOf = (change: LogChange, at: Date): Date =>
  change.type === 'scheduled-days' && change.takesEffectAt > at ? change.takesEffectAt : at;

/** Each rule that keeps, found by lifting the one before it and asking again. */
function allReasons(facts: LogRetentionFacts, at: Date): NoLogRetention[] {
  const found: NoLogRetention[] = [];
  for (let left = facts; ; ) {
    const why = whyNoLogRetention(left);
    if (why === null) return found;
    found.push(why);
    left = lift(left, why, at);
  }
}

function lift(facts: LogRetentionFacts, why: NoLogRetention, at: Date): LogRetentionFacts {
  // Notices from before the release of a hold, or the end of a pause, do not count any more.
  const anew = { ...facts, notice: null };
  switch (why) {
    case 'not-managed':
      return { ...anew, useHostCredentials: false };
    case 'held':
      return { ...anew, held: false };
    case 'challenge-vanished':
      return { ...anew, vanished: false };
    case 'challenge-disabled':
      return { ...anew, disabled: false };
    case 'no-consent':
    case 'consent-before-logs':
      return { ...anew, consent: { at, namesLogs: true } };
    case 'no-end-date':
      return { ...facts, challengeEnd: at };
  }
}

function changesOf(
  facts: LogRetentionFacts,
  at: Date,
  keeping: readonly NoLogRetention[],
  decision: LogRetentionDecision,
  scheduled: ExplainLogsOptions['scheduled'] = [],
): Omit<LogWhatIf, 'decision'>[] {
  if (decision.outcome === 'none') {
    return keeping.map((rule) => ({ change: { type: 'lift', rule }, facts: lift(facts, rule, at) }));
  }
  return [
    ...scheduled.map(({ days, takesEffectAt }) => ({
      change: { type: 'scheduled-days' as const, days, takesEffectAt },
      facts: { ...facts, logRetentionDaysOverride: days },
    })),
    { change: { type: 'withdraw-consent' }, facts: { ...facts, consent: null, notice: null } },
    { change: { type: 'place-hold' }, facts: { ...facts, held: true } },
  ];
}

function rulesOf(keeping: readonly NoLogRetention[]): LogKeepingRule[] {
  return (Object.keys(NO_LOG_RETENTION) as NoLogRetention[]).map((rule) => {
    const place = keeping.indexOf(rule);
    return {
      rule,
      outcome: place === -1 ? 'does-not-apply' : place === 0 ? 'decides' : 'loses',
      date: null,
      words: place === -1 ? KEEPS_NOT[rule] : NO_LOG_RETENTION[rule],
    };
  });
}

const KEEPS_NOT: Record<NoLogRetention, string> = {
  'not-managed': 'the logs are managed by Lapse',
  held: 'no hold stands on the challenge or on something in it',
  'challenge-vanished': 'the platform lists the challenge',
  'challenge-disabled': 'the challenge is not disabled',
  'no-consent': 'a host has consented',
  'consent-before-logs': 'no consent to a text without logs decides',
  'no-end-date': 'the challenge has an end date',
};

function datesOf(facts: LogRetentionFacts, decision: LogRetentionDecision, at: Date): LogDateRule[] {
  const { challengeEnd, consent, notice } = facts;
  const keptUntil = decision.outcome === 'none' ? null : decision.keptUntil.getTime();
  // A shorter period needs a notice of its own, which then takes the place of the one that was sent.
  const toBeTold =
    decision.outcome === 'keep-for' ? !decision.announced : decision.outcome === 'refused' && notice === null;
  const rule = (name: LogDateRule['rule'], date: Date | null, words: string): LogDateRule => ({
    rule: name,
    outcome: date === null ? 'does-not-apply' : date.getTime() === keptUntil ? 'decides' : 'loses',
    date,
    words,
  });
  return [
    rule(
      'period',
      challengeEnd && addDays(challengeEnd, logDays(facts)),
      challengeEnd
        ? `${formatCount(logDays(facts), 'day')} after the end of the challenge`
        : 'the challenge has no end date',
    ),
    rule(
      'consent',
      consent && addDays(consent.at, RETENTION_POLICY.daysAfterConsent),
      consent ? `${RETENTION_POLICY.daysAfterConsent} days after the consent` : 'no consent is in force',
    ),
    rule(
      'announced',
      toBeTold ? null : (notice?.keptUntil ?? null),
      notice === null
        ? 'no notice that counts has been sent'
        : toBeTold
          ? 'the hosts were told of a longer period; a new notice takes its place'
          : 'what the hosts were told',
    ),
    rule(
      'to-be-told',
      toBeTold ? firstExpiryIfToldAt(at) : null,
      toBeTold
        ? `${RETENTION_POLICY.daysAfterNotice} days after the hosts are told, at the earliest`
        : 'there is nothing that the hosts have to be told first',
    ),
  ];
}
