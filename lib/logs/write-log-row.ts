import type { Queryable } from '@/db/client';
import { logGroups } from '@/db/schema/logs';
import type { LogStoreError } from '@/lib/platform/log-store/log-store';
import type { LogCase, LogGroupRow } from './log-case';
import { acceptedDays, type LogRetentionDecision, NO_LOG_RETENTION, sayRefused } from './log-retention-rule';
import { type LogStep, mayHaveSet, type SeenGroup } from './plan-log-step';

type Values = Partial<Omit<LogGroupRow, 'challengeId' | 'environment' | 'name'>>;

const MINUTE_MS = 60_000;
/** The hourly job must find a missing group due every time. */
const PENDING_PAUSE_MS = 30 * MINUTE_MS;
const LONGEST_PAUSE_MS = 12 * 60 * MINUTE_MS;

const NOTHING_OF_OURS = {
  appliedDays: null,
  appliedAt: null,
  settingDays: null,
  previousDays: null,
  consentEventId: null,
} satisfies Values;

const CALM = { attempts: 0, nextAttemptAt: null, lastError: null } satisfies Values;

/** Writes what is known of the group; what `values` leaves out stays as it was. */
export async function writeLogRow(db: Queryable, case_: LogCase, values: Values): Promise<void> {
  const { challengeId, environment, name } = case_;
  const set = { name, ...values };
  await db
    .insert(logGroups)
    .values({ challengeId, environment, state: 'wanted', ...set })
    .onConflictDoUpdate({ target: [logGroups.challengeId, logGroups.environment], set });
}

/** What the service said, for the row. */
export function seenValues(seen: SeenGroup, now: Date): Values {
  if (seen === 'not-asked') return {};
  return {
    oldestEventAt: seen?.oldestEventAt ?? null,
    storedBytes: seen?.storedBytes ?? null,
    checkedAt: now,
  };
}

/** The row of a group with which nothing is to be done now. */
export function settledValues(
  case_: LogCase,
  decision: LogRetentionDecision,
  step: Extract<LogStep, { kind: 'settled' }>,
  now: Date,
): Values {
  const wantedDays = decision.outcome === 'none' ? null : decision.wantedDays;
  const values = { ...CALM, wantedDays, state: step.state, explanation: explain(decision, step) };
  switch (step.state) {
    case 'none':
    case 'refused':
      return { ...values, ...NOTHING_OF_OURS };
    case 'pending':
      return { ...values, ...NOTHING_OF_OURS, nextAttemptAt: new Date(now.getTime() + PENDING_PAUSE_MS) };
    case 'applied':
      if (step.ours === null) return { ...values, ...NOTHING_OF_OURS };
      return {
        ...values,
        settingDays: null,
        appliedDays: step.ours,
        appliedAt: (case_.row?.appliedDays === step.ours ? case_.row.appliedAt : null) ?? now,
        consentEventId: case_.consentEventId,
      };
  }
}

function explain(decision: LogRetentionDecision, step: Extract<LogStep, { kind: 'settled' }>): string {
  if (decision.outcome === 'none') return NO_LOG_RETENTION[decision.why];
  if (decision.outcome === 'refused') return sayRefused(decision);
  if (step.state === 'pending') return 'There is no log group of this name yet; Lapse asks again every hour.';
  if (step.state !== 'applied') throw new Error(`'${step.state}' does not follow from '${decision.outcome}'`);
  if (step.changedTo !== null) {
    return `Somebody has set ${step.changedTo} days in the log service since. That keeps events longer, so it stays.`;
  }
  if (step.ours === null)
    return `Somebody else has set ${decision.days} days in the log service, which is what is wanted.`;
  const kept = `Each event is kept ${decision.days} days`;
  if (decision.days === decision.wantedDays) return `${kept}.`;
  return decision.days === acceptedDays(decision.wantedDays)
    ? `${kept}: ${decision.wantedDays} are needed, and ${decision.days} is the next number that the log service accepts.`
    : `${kept}, as the hosts were told; ${decision.wantedDays} would be enough by now.`;
}

/** The row of a group for which something failed. What Lapse may have set there is remembered. */
export function failedValues(case_: LogCase, error: LogStoreError, wants: string, now: Date): Values {
  const attempts = (case_.row?.attempts ?? 0) + 1;
  // What should be taken back goes on deleting until it is: that is tried again by every run of the job.
  const pause = mayHaveSet(case_.row) ? PENDING_PAUSE_MS : PENDING_PAUSE_MS * 2 ** Math.min(attempts - 1, 10);
  return {
    state: 'failed',
    explanation: wants,
    lastError: error.message.slice(0, 2000),
    attempts,
    nextAttemptAt: new Date(now.getTime() + Math.min(pause, LONGEST_PAUSE_MS)),
  };
}
