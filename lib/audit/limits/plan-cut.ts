import type { StoredLimits } from '@/db/schema/audit-archive';
import { thresholdBytes } from './stream-limits';
import type { Usage } from './usage';

/**
 * Why an event goes. 'late': it came in at the very instant at which these limits had cut, and before that place, so it goes as it
 * would have gone had it been there then. What came in at an earlier instant, as with a clock that was set back, is not late.
 */
export type CutReason = 'late' | 'time' | 'count' | 'size';

/** A place in the order of a stream, by time_completed (UTC with microseconds) and id. */
export interface Place {
  timeCompleted: string;
  id: string;
}

export interface CutRules {
  limits: StoredLimits;
  /** Events that became final strictly before it are too old; UTC with microseconds. */
  cutoff: string;
  /** The first place that the last cut by these limits left alone; null: there was none. */
  cutBefore: Place | null;
}

/**
 * Why the oldest event of a stream goes, given what there is with it; null: it stays, and so does each one after it, since
 * time, count and size are each kept by the newest of a stream (M2).
 */
export function reasonToGo(oldest: Place, left: Usage, { limits, cutoff, cutBefore }: CutRules) {
  if (cutBefore !== null && isLate(oldest, cutBefore)) return 'late';
  if (oldest.timeCompleted < cutoff) return 'time';
  if (left.events > limits.maxEntries) return 'count';
  if (left.bytes > thresholdBytes(limits)) return 'size';
  return null;
}

const isLate = (event: Place, cutBefore: Place): boolean =>
  event.timeCompleted === cutBefore.timeCompleted && event.id < cutBefore.id;

/** One reason's part of a cleanup, in order (M4). */
export interface CutStep {
  reason: CutReason;
  before: Usage;
  /** What the limit asks for; null where it asks for no number. */
  target: { maxEntries: number } | { maxBytes: number } | { finalSince: string } | null;
  after: Usage;
}

export interface Cut<E> {
  /** What goes, the oldest first. */
  events: E[];
  steps: CutStep[];
  after: Usage;
  /** There is more that would go: `most` was reached. */
  isCutShort: boolean;
}

/**
 * What goes of a stream by its limits, in the order time, count, size, and always the oldest (M2): by the one planner for
 * preview, schedule and append. Reads `oldest` no further than it must; at most `most` events go.
 */
export async function planCut<E extends Place & { bytes: number }>(
  oldest: AsyncIterable<E>,
  before: Usage,
  rules: CutRules,
  most: number,
): Promise<Cut<E>> {
  const cut: Cut<E> = { events: [], steps: [], after: { ...before }, isCutShort: false };
  for await (const event of oldest) {
    const reason = reasonToGo(event, cut.after, rules);
    if (reason === null) break;
    if (cut.events.length >= most) {
      cut.isCutShort = true;
      break;
    }
    remove(cut, event, reason, rules);
  }
  return cut;
}

function remove<E extends { bytes: number }>(
  cut: Cut<E>,
  event: E,
  reason: CutReason,
  rules: CutRules,
): void {
  const before = cut.after;
  cut.after = { events: before.events - 1, bytes: before.bytes - event.bytes };
  cut.events.push(event);
  const last = cut.steps.at(-1);
  if (last?.reason === reason) last.after = cut.after;
  else cut.steps.push({ reason, before, target: targetOf(reason, rules), after: cut.after });
}

function targetOf(reason: CutReason, { limits, cutoff }: CutRules): CutStep['target'] {
  switch (reason) {
    case 'late':
      return null;
    case 'time':
      return { finalSince: cutoff };
    case 'count':
      return { maxEntries: limits.maxEntries };
    case 'size':
      return { maxBytes: thresholdBytes(limits) };
  }
}

/** The same cut, when only its first `count` events may go. */
export function shortened<E extends Place & { bytes: number }>(
  { events }: Cut<E>,
  before: Usage,
  rules: CutRules,
  count: number,
): Cut<E> {
  const cut: Cut<E> = { events: [], steps: [], after: { ...before }, isCutShort: false };
  for (const event of events.slice(0, count)) {
    const reason = reasonToGo(event, cut.after, rules);
    if (reason !== null) remove(cut, event, reason, rules);
  }
  return cut;
}
