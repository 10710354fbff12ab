import type { LogGroup } from '@/lib/platform/log-store/log-store';
import type { LogCase, LogGroupRow } from './log-case';
import { decideLogRetention, type LogRetentionDecision } from './log-retention-rule';

/** What is to be done next about one log group. */
export type LogStep =
  /** It was not asked for what is needed now. */
  | { kind: 'look' }
  /** The hosts are to be told before anything is set. */
  | { kind: 'announce' }
  /** `ourDays`: what is there now, when Lapse has set it. */
  | { kind: 'set'; days: number; ourDays: number | null; previousDays: number | null }
  /** What Lapse has set goes: back to what was there before, or (null) events are kept for ever. */
  | { kind: 'remove'; ourDays: number; restoreDays: number | null }
  /** Nothing is to be done. */
  | { kind: 'settled'; state: 'pending' | 'none' | 'refused' }
  /** The service keeps what the rule says. `ours` is null when somebody else has set it. */
  | { kind: 'settled'; state: 'applied'; ours: number | null; changedTo: number | null };

/** The group as the service describes it; null: it has none. 'not-asked': the service has no say. */
export type SeenGroup = LogGroup | null | 'not-asked';

export interface PlannedStep {
  decision: LogRetentionDecision;
  step: LogStep;
}

/**
 * What Lapse has set is taken back only while the service still says what Lapse said: a value that somebody else has put
 * in its place is theirs. A longer one of theirs stays (L4).
 */
export function planLogStep(case_: LogCase, seen: SeenGroup, now: Date): PlannedStep {
  const group = seen === 'not-asked' ? null : seen;
  const decision = decideLogRetention(case_.facts, group?.oldestEventAt ?? null, now);
  if (seen === 'not-asked' && (decision.outcome !== 'none' || mayHaveSet(case_.row))) {
    return { decision, step: { kind: 'look' } };
  }
  return { decision, step: stepFor(case_, group, decision) };
}

function stepFor({ row, facts }: LogCase, group: LogGroup | null, decision: LogRetentionDecision): LogStep {
  const ourDays = group === null ? null : ourDaysOf(row, group.retentionDays);
  // Without a notice that counts, what stands was set under an earlier consent or before a hold: it goes first (L2).
  const mayStand = decision.outcome === 'keep-for' && facts.notice !== null;
  if (ourDays !== null && !mayStand) return remove(row, ourDays);
  if (decision.outcome !== 'keep-for') return { kind: 'settled', state: decision.outcome };
  if (group === null) return { kind: 'settled', state: 'pending' };
  if (!decision.announced) return { kind: 'announce' };

  const current = group.retentionDays;
  if (current === decision.days) return { kind: 'settled', state: 'applied', ours: ourDays, changedTo: null };
  const changedByOthers = row?.appliedDays != null && ourDays === null;
  if (changedByOthers && current !== null && current > decision.days) {
    return { kind: 'settled', state: 'applied', ours: row.appliedDays, changedTo: current };
  }
  const knownBefore = ourDays !== null || changedByOthers;
  return {
    kind: 'set',
    days: decision.days,
    ourDays,
    previousDays: knownBefore ? (row?.previousDays ?? null) : current,
  };
}

/** The service's value when Lapse has set it, or was about to when it was cut off; null otherwise. */
function ourDaysOf(row: LogGroupRow | null, current: number | null): number | null {
  if (row === null || current === null) return null;
  return current === row.appliedDays || current === row.settingDays ? current : null;
}

/**
 * What was there before comes back only when it keeps events at least as long: to bring back a shorter one would delete at
 * once, without consent, what Lapse has kept.
 */
function remove(row: LogGroupRow | null, ourDays: number): LogStep {
  const before = row?.previousDays ?? null;
  return { kind: 'remove', ourDays, restoreDays: before !== null && before >= ourDays ? before : null };
}

/** Whether something of ours may be in the service. */
export const mayHaveSet = (row: LogGroupRow | null): boolean =>
  row !== null && (row.appliedDays !== null || row.settingDays !== null);
