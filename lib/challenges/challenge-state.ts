import type { ChallengeFacts, StateOptions } from './challenge-facts';
import { type Forecast, forecast } from './forecast';
import { sentenceOf } from './state-sentence';
import type { State } from './states';

export interface ChallengeState {
  state: State;
  /** Answers what will happen, when and why. */
  sentence: string;
  /** The scheduled run that deletes next, if nothing changes; null when nothing is going to go. */
  deletion: Date | null;
  /** Something waits for a person: a failure, or a date that is reached although nobody was told. */
  needsAttention: boolean;
}

/**
 * The state of a challenge: the first of these that applies. The list, the page and the command line all say it so.
 *
 *  1. not-managed  the bucket is the host's own
 *  2. deleting     a run has committed to deleting files, which nothing can stop any more
 *  3. deleted      nothing is left that could be deleted or kept
 *  4. held         a hold stands on the challenge, or holds stand on all that is left (L3)
 *  5. paused       the platform no longer lists the challenge, or disabled it (E6)
 *  6. kept         no consent (L1)
 *  7. partial      a file could not be deleted, and others of its submission are gone
 *  8. failed       a file could not be deleted
 *  9. due          a date is reached
 * 10. scheduled    a date is set
 * 11. blocked      nothing has a date, and a phase that has ended is still public (E4)
 * 12. kept         nothing has a date, for any other reason
 */
export function challengeState(facts: ChallengeFacts, options: StateOptions): ChallengeState {
  const state = decideState(facts);
  const expected = expectation(facts, options.now);
  return {
    state,
    sentence: sentenceOf(state, facts, expected, options),
    deletion: expected?.deletion ?? null,
    needsAttention: needsAttention(facts, state),
  };
}

/** The word alone; `challengeState` says in which order. */
export function decideState(facts: ChallengeFacts): State {
  const left = facts.submissions - facts.deleted;
  if (facts.useHostCredentials) return 'not-managed';
  if (facts.filesDeleting > 0) return 'deleting';
  if (facts.submissions > 0 && left === 0) return 'deleted';
  if (facts.heldWhole || (left > 0 && facts.held === left)) return 'held';
  if (facts.vanished || facts.disabled) return 'paused';
  if (!facts.consent) return 'kept';
  if (facts.filesFailed > 0) return facts.partlyDeleted ? 'partial' : 'failed';
  if (facts.due > 0) return 'due';
  if (facts.dated > 0) return 'scheduled';
  if (facts.phasesBlocked > 0) return 'blocked';
  return 'kept';
}

/** When the next submissions go, if nothing changes; null when nothing is going to go. */
export function expectation(facts: ChallengeFacts, now: Date): Forecast | null {
  const state = decideState(facts);
  if ((state !== 'due' && state !== 'scheduled') || facts.nextDate === null) return null;
  return forecast(facts.nextDate, facts.announcedAt !== null, now);
}

/** Whether something waits for a person, as `ChallengeState` tells it. */
export function needsAttention(facts: ChallengeFacts, state = decideState(facts)): boolean {
  if (state === 'failed' || state === 'partial') return true;
  if (facts.announcedAt !== null) return false;
  return state === 'due' || (state === 'scheduled' && facts.noticeFailed);
}
