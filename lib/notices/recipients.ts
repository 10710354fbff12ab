import type { NoticeRecipient } from '@/db/schema/notices';
import { MAX_ATTEMPTS, retryPauseMs } from './retry-pause';

/**
 * - accepted: the mail server took it
 * - sending: an attempt is under way
 * - waiting: it is tried again by itself
 * - given-up: it was tried so often that it is not any more
 * - stopped: this person is not to be told any more
 * - refused: it was not taken, and nobody tries this address alone (the notice failed as a whole, or counts no longer)
 */
export type RecipientState = 'accepted' | 'sending' | 'waiting' | 'given-up' | 'stopped' | 'refused';

export function recipientState(recipient: NoticeRecipient): RecipientState {
  if (recipient.accepted) return 'accepted';
  if (recipient.sending) return 'sending';
  if (recipient.stopped) return 'stopped';
  if (recipient.nextAttemptAt) return 'waiting';
  return (recipient.attempts ?? 0) >= MAX_ATTEMPTS ? 'given-up' : 'refused';
}

export type MailOutcome =
  | { accepted: true }
  /** `serverAtFault`: the server did not take the mail, whoever it was for. */
  | { accepted: false; error: string; serverAtFault: boolean };

/** The recipient after one more attempt that ended at `now`. */
export function afterAttempt(before: NoticeRecipient, outcome: MailOutcome, now: Date): NoticeRecipient {
  const { email, personId, messageId } = before;
  const attempts = (before.attempts ?? 0) + 1;
  const tried = { email, personId, attempts, ...(messageId && { messageId }) };
  if (outcome.accepted) return { ...tried, accepted: true, acceptedAt: now.toISOString() };
  const again = new Date(now.getTime() + retryPauseMs(attempts)).toISOString();
  return {
    ...tried,
    accepted: false,
    error: outcome.error,
    ...(attempts < MAX_ATTEMPTS && { nextAttemptAt: again }),
  };
}

/** The recipient without any attempt to come. */
export function withoutAttempts({
  sending: _,
  nextAttemptAt: __,
  ...kept
}: NoticeRecipient): NoticeRecipient {
  return kept;
}

/** When the first of them is tried again; null when none is. */
export function nextAttemptOf(recipients: readonly NoticeRecipient[]): Date | null {
  const times = recipients.flatMap(({ nextAttemptAt }) => (nextAttemptAt ? [Date.parse(nextAttemptAt)] : []));
  return times.length === 0 ? null : new Date(Math.min(...times));
}
