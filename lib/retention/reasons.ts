/**
 * Why a submission goes or stays, strongest first: the first that applies decides, the rest are the rules that would
 * decide next. The same order stands in lib/retention/facts.ts as SQL; a test compares the two.
 */
export const REASONS = {
  'not-managed': 'the bucket belongs to the host and is not managed by Lapse',
  held: 'a hold is in place',
  'challenge-vanished': 'the platform no longer lists the challenge, which pauses deletion',
  'challenge-disabled': 'the challenge is disabled, which pauses deletion',
  'no-consent': 'the hosts have not consented',
  'phase-public': 'blocked: the phase is still public',
  'no-end-date': 'the phase has no end date',
  'still-active': 'the submission is still being processed',
  'not-due': 'the retention date is not reached yet',
  'not-announced': 'the hosts have not been sent a notice that names it and its date',
  'announced-too-recently': 'the notice was sent less than 14 days ago',
  'retention-period-over': 'the retention period is over',
} as const;

export type Reason = keyof typeof REASONS;

/** Submissions in these statuses are never deleted (E6). */
export const ACTIVE_STATUSES = [
  'submitted',
  'queued',
  'running',
  'resuming',
  'submitting',
  'partially_evaluated',
] as const;
