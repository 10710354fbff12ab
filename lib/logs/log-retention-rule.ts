import { addDays, DAY_MS } from '@/lib/platform/clock';
import { formatNumber } from '@/lib/platform/format';
import { RETENTION_DAYS } from '@/lib/platform/log-store/log-store';
import { RETENTION_POLICY } from '@/lib/retention/policy';

/** Why no retention is set, strongest first: the first that applies decides. */
export const NO_LOG_RETENTION = {
  'not-managed': 'The challenge uses the credentials of its host, whose logs Lapse does not manage.',
  held: 'A hold is in place on the challenge or on something in it, so its logs are kept.',
  'challenge-vanished':
    'The platform no longer lists the challenge, which pauses deletion: its logs are kept.',
  'challenge-disabled': 'The challenge is disabled, which pauses deletion: its logs are kept.',
  'no-consent': 'The hosts have not consented, so the logs are kept.',
  'consent-before-logs':
    'The consent in force was given to a text that did not name logs, so they are kept. A new decision would include them.',
  'no-end-date': 'The challenge has no end date, so its logs are kept.',
} as const;

export type NoLogRetention = keyof typeof NO_LOG_RETENTION;

/** A mail that was accepted under the consent in force and after the last release of a hold or end of a pause. */
export interface SentLogNotice {
  /** Whole days that it named. */
  days: number;
  /** No event goes before this instant, as it said: 14 days after it was sent, or later. */
  keptUntil: Date;
  /** From where its days were counted: the oldest event of then. */
  countedFrom: Date;
}

/** All that the rule needs to know of one log group. Times are instants; null means "there is none". */
export interface LogRetentionFacts {
  useHostCredentials: boolean;
  /** An active hold on the challenge, one of its phases or one of its submissions. */
  held: boolean;
  vanished: boolean;
  disabled: boolean;
  /** The consent in force (L1), and whether its text named logs. */
  consent: { at: Date; namesLogs: boolean } | null;
  challengeEnd: Date | null;
  logRetentionDaysOverride: number | null;
  notice: SentLogNotice | null;
}

export type LogRetentionDecision =
  | { outcome: 'none'; why: NoLogRetention }
  /** The service could not keep events for so long, so nothing is set and nothing expires (E13). */
  | { outcome: 'refused'; wantedDays: number; keptUntil: Date }
  | {
      outcome: 'keep-for';
      /** One of the values that the service accepts. */
      days: number;
      /** Whole days before rounding up to one of them. */
      wantedDays: number;
      /** No event that is in the group goes before this instant. */
      keptUntil: Date;
      /** Whether the hosts were told; before that nothing is set (L2). */
      announced: boolean;
    };

/** So long may the mails take to be accepted; what they promise is counted from the end of it. */
export const MAIL_LEASE_MS = 60 * 60 * 1000;

/** The longest that a log group can be kept for, in days. */
const LONGEST = Math.max(...RETENTION_DAYS);

/** Whole days that logs stay after the end of the challenge (E13). */
export const logDays = (facts: Pick<LogRetentionFacts, 'logRetentionDaysOverride'>): number =>
  facts.logRetentionDaysOverride ?? RETENTION_POLICY.defaultRetentionDays;

/** Why nothing is set, whatever is in the group; null when something is. */
export function whyNoLogRetention(facts: LogRetentionFacts): NoLogRetention | null {
  if (facts.useHostCredentials) return 'not-managed';
  if (facts.held) return 'held';
  if (facts.vanished) return 'challenge-vanished';
  if (facts.disabled) return 'challenge-disabled';
  if (facts.consent === null) return 'no-consent';
  if (!facts.consent.namesLogs) return 'consent-before-logs';
  return facts.challengeEnd === null ? 'no-end-date' : null;
}

/**
 * How long the log service keeps the events of a group (E13). The service expires each event by its own age, so the days
 * are the smallest number it accepts that keeps the oldest event until all of these have passed: the end of the challenge
 * plus its days, 14 days after consent, and 14 days after the hosts were told (L2). Then every later event is kept until
 * then as well.
 *
 * What the hosts were told is kept: the days are never fewer than those of the notice, although the oldest event gets
 * younger as others expire. They get fewer only when somebody has shortened the period, and after a new notice (L4).
 *
 * `oldestEventAt` null: the group has no event yet.
 */
export function decideLogRetention(
  facts: LogRetentionFacts,
  oldestEventAt: Date | null,
  now: Date,
): LogRetentionDecision {
  const why = whyNoLogRetention(facts);
  if (why !== null) return { outcome: 'none', why };
  const { notice } = facts;
  const deadline = ruleDeadline(facts);
  const oldest = earliest(oldestEventAt ?? now, now);

  const ifToldNow = latest(deadline, firstExpiryIfToldAt(now));
  if (notice === null) return keepUntil(ifToldNow, oldest, { announced: false });
  // Counted from where the notice counted: that events have expired meanwhile shortens nothing.
  const anew = keepUntil(ifToldNow, earliest(oldest, notice.countedFrom), { announced: false });
  if (anew.outcome === 'keep-for' && anew.days < notice.days) return anew;
  return keepUntil(latest(deadline, notice.keptUntil), oldest, { announced: true, atLeast: notice.days });
}

/** The end of the challenge plus its days, but at least 14 days after consent. Only where something is set. */
function ruleDeadline({ challengeEnd, consent, ...facts }: LogRetentionFacts): Date {
  if (challengeEnd === null || consent === null)
    throw new Error('there is no deadline without end and consent');
  return latest(
    addDays(challengeEnd, logDays(facts)),
    addDays(consent.at, RETENTION_POLICY.daysAfterConsent),
  );
}

/** The first instant at which an event may go when the mails go out now. */
export const firstExpiryIfToldAt = (now: Date): Date =>
  new Date(addDays(now, RETENTION_POLICY.daysAfterNotice).getTime() + MAIL_LEASE_MS);

function keepUntil(
  keptUntil: Date,
  oldest: Date,
  { announced, atLeast = 0 }: { announced: boolean; atLeast?: number },
): LogRetentionDecision {
  const wantedDays = Math.max(1, Math.ceil((keptUntil.getTime() - oldest.getTime()) / DAY_MS));
  const accepted = acceptedDays(wantedDays);
  if (accepted === null) return { outcome: 'refused', wantedDays, keptUntil };
  return { outcome: 'keep-for', days: Math.max(accepted, atLeast), wantedDays, keptUntil, announced };
}

/** The smallest number of days that the service accepts and that is not less; null above the longest (E13). */
export function acceptedDays(wantedDays: number): number | null {
  return RETENTION_DAYS.find((days) => days >= wantedDays) ?? null;
}

/** The refusal in words. */
export const sayRefused = ({ wantedDays }: { wantedDays: number }): string =>
  `Its logs would have to be kept ${formatNumber(wantedDays)} days, and the longest that the log service accepts is ${formatNumber(LONGEST)}. Nothing is set, so nothing expires.`;

const earliest = (a: Date, b: Date): Date => (a < b ? a : b);
const latest = (a: Date, b: Date): Date => (a > b ? a : b);
