import type { logGroupState } from '@/db/schema/logs';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import type { LogCase } from './log-case';
import { NO_LOG_RETENTION, type NoLogRetention, whyNoLogRetention } from './log-retention-rule';
import { mayHaveSet } from './plan-log-step';

/** How one log group stands, for people and machines. Instants are UTC; days are whole. */
export interface LogGroupState {
  challengeId: number;
  environment: string;
  name: string;
  state: (typeof logGroupState.enumValues)[number];
  /** Why, in a sentence. */
  explanation: string;
  /** Why nothing is set; null when something is to be. */
  why: NoLogRetention | null;
  /** What the rule asks for before rounding up to what the service accepts; null: none. */
  wantedDays: number | null;
  /** What the service keeps by our request; null: nothing of ours is set. */
  appliedDays: number | null;
  appliedAt: Date | null;
  /** What was set before Lapse set anything; null: nothing was. */
  previousDays: number | null;
  /** As the service said when it was last asked; null: none, or not asked. */
  oldestEventAt: Date | null;
  storedBytes: number | null;
  /** When the first of the events that are there goes by what Lapse has set; null: by that none goes. */
  expiresFrom: Date | null;
  /** When the hosts were told under the consent in force, and before when, as they were told, no event goes. */
  hostsToldAt: Date | null;
  keptUntil: Date | null;
  checkedAt: Date | null;
  attempts: number;
  nextAttemptAt: Date | null;
  lastError: string | null;
}

export function toLogGroupState(ctx: Context, case_: LogCase): LogGroupState {
  const { row, sentNotice, challengeId, environment, name, facts } = case_;
  const why = whyNoLogRetention(facts);
  const appliedDays = row?.appliedDays ?? null;
  const oldestEventAt = row?.oldestEventAt ?? null;
  return {
    challengeId,
    environment,
    name,
    ...stateNow(ctx, case_, why),
    why,
    wantedDays: row?.wantedDays ?? null,
    appliedDays,
    appliedAt: row?.appliedAt ?? null,
    previousDays: row?.previousDays ?? null,
    oldestEventAt,
    storedBytes: row?.storedBytes ?? null,
    expiresFrom: appliedDays === null || oldestEventAt === null ? null : addDays(oldestEventAt, appliedDays),
    hostsToldAt: sentNotice?.sentAt ?? null,
    keptUntil: sentNotice?.keptUntil ?? null,
    checkedAt: row?.checkedAt ?? null,
    attempts: row?.attempts ?? 0,
    nextAttemptAt: row?.nextAttemptAt ?? null,
    lastError: row?.lastError ?? null,
  };
}

/** What was written down when the service was last asked may be overtaken by a decision; it follows within the hour. */
function stateNow(
  ctx: Context,
  { row, environment }: LogCase,
  why: NoLogRetention | null,
): Pick<LogGroupState, 'state' | 'explanation'> {
  if (why !== null && !mayHaveSet(row)) return { state: 'none', explanation: NO_LOG_RETENTION[why] };
  if (why !== null && row?.state === 'applied') {
    return { state: 'wanted', explanation: 'What Lapse has set is to be taken back.' };
  }
  if (row === null && environment !== ctx.logs.environment) {
    return {
      state: 'none',
      explanation: 'Lapse was never told of workers in this environment, so it sets nothing there.',
    };
  }
  if (row && row.state !== 'none') return { state: row.state, explanation: row.explanation ?? '' };
  return ctx.logs.kind === 'off'
    ? {
        state: 'none',
        explanation: 'Logs are switched off here (LAPSE_LOG_BACKEND=off), so Lapse sets nothing.',
      }
    : { state: 'wanted', explanation: 'The log service is asked within the hour.' };
}
