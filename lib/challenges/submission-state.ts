import type { Reason } from '@/lib/retention/reasons';
import type { State } from './states';

export interface ArtifactCounts {
  present: number;
  deleting: number;
  failed: number;
  deleted: number;
}

export interface SubmissionStateFacts {
  /** What the retention rule says of it now. */
  reason: Reason;
  /** Its phase has ended. */
  phaseEnded: boolean;
  /** The states of its files; null where they are told elsewhere. */
  artifacts: ArtifactCounts | null;
}

/**
 * The state of one submission with the words for it. What happens to its files says more than the rule: deleting, deleted,
 * partial (some gone, some stuck) and failed come first, unless a rule stops the next try.
 */
export function submissionState(facts: SubmissionStateFacts): { state: State; words: string } {
  const files = facts.artifacts;
  if (files) {
    const total = files.present + files.deleting + files.failed + files.deleted;
    if (files.deleting > 0) return { state: 'deleting', words: 'Deleting' };
    if (total > 0 && files.deleted === total) return { state: 'deleted', words: 'Deleted' };
    if (files.failed > 0 && !STOPS.has(facts.reason)) {
      return files.deleted > 0
        ? { state: 'partial', words: 'Partial' }
        : { state: 'failed', words: 'Failed' };
    }
  }
  return byRule(facts);
}

/** Under these nothing is tried again, so a failure is not what keeps it. */
const STOPS: ReadonlySet<Reason> = new Set<Reason>([
  'not-managed',
  'held',
  'challenge-vanished',
  'challenge-disabled',
  'no-consent',
]);

function byRule({ reason, phaseEnded }: SubmissionStateFacts): { state: State; words: string } {
  switch (reason) {
    case 'not-managed':
      return { state: 'not-managed', words: 'Not managed' };
    case 'held':
      return { state: 'held', words: 'Held' };
    case 'challenge-vanished':
      return { state: 'paused', words: 'Paused: no longer listed' };
    case 'challenge-disabled':
      return { state: 'paused', words: 'Paused: disabled' };
    case 'no-consent':
      return { state: 'kept', words: 'Kept: no consent' };
    case 'phase-public':
      return phaseEnded
        ? { state: 'blocked', words: 'Blocked: still public' }
        : { state: 'kept', words: 'Kept: phase is public' };
    case 'no-end-date':
      return { state: 'kept', words: 'Kept: no end date' };
    case 'still-active':
      return { state: 'kept', words: 'Kept: still processed' };
    case 'not-due':
      return phaseEnded
        ? { state: 'scheduled', words: 'Scheduled' }
        : { state: 'kept', words: 'Kept: phase is open' };
    case 'not-announced':
      return { state: 'due', words: 'Due: not announced' };
    case 'announced-too-recently':
      return { state: 'due', words: 'Due: just announced' };
    case 'retention-period-over':
      return { state: 'due', words: 'Due' };
  }
}
