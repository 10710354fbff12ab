import { formatCount, formatNumber } from '@/lib/platform/format';
import { type CleanedStreams, cleanedWords } from '../limits/clean-due-streams';
import { TIMEOUT_AFTER_HOURS } from '../maintain';
import { type Activation, pruneWords } from '../prune/prune-hot-tier';

/** What one activation of the job that keeps the audit log in order did. */
export interface Upkeep {
  timeouts: number;
  partitions: number;
  /** Events that were sealed, and those among the same that came late. */
  sealed: number;
  late: number;
  pruned: Activation;
  limited: CleanedStreams;
  sampled: { isTaken: boolean; error: string | null };
}

/** An activation in sentences, without what it had not to do: most have nothing to prune, and many nothing at all. */
export function upkeepWords({
  timeouts,
  partitions,
  sealed,
  late,
  pruned,
  limited,
  sampled,
}: Upkeep): string {
  const said = [
    sealed > 0 && `${formatCount(sealed, 'event')} sealed${late > 0 ? `, ${lateWords(late)}` : ''}.`,
    timeouts > 0 &&
      `${formatCount(timeouts, 'event')} marked as timeout: not completed after ${TIMEOUT_AFTER_HOURS} hours.`,
    prunedWords(pruned),
    cleanedWords(limited),
    partitions > 0 && `${formatCount(partitions, 'weekly partition')} made for events to come.`,
    sampled.isTaken && 'The size of the tiers was measured.',
    sampled.error,
  ].filter(Boolean);
  return said.length > 0 ? said.join(' ') : 'There was nothing to do.';
}

const lateWords = (late: number): string => `${formatNumber(late)} of which came late`;

/** What the prune did, and why it did not do more; empty where nothing was old enough. */
export function prunedWords(pruned: Activation): string {
  const hasNothing = pruned.rowsDeleted + pruned.rowsDropped === 0 && pruned.error === null;
  return hasNothing && pruned.cutoff !== null && !pruned.isBusy ? '' : pruneWords(pruned);
}
