/**
 * Why a transcript goes or stays, strongest first: the first that applies decides. The same order stands in
 * lib/anonymous/facts.ts as SQL; a test compares the two.
 */
export const ANONYMOUS_REASONS = {
  'mode-off': 'public mode is off, so nothing anonymous goes',
  owned: 'it belongs to somebody',
  held: 'a hold is in place',
  'no-creation-time': 'the platform did not say when it was made',
  'not-old-enough': 'the retention period is not over yet',
  'policy-too-new':
    'it was made before the present policy, which has not been in force, and shown, for 14 days',
  'record-not-received': 'it names a recording or a meeting that has not been received',
  due: 'the retention period is over',
} as const;

export type AnonymousReason = keyof typeof ANONYMOUS_REASONS;

/** Why one that is due stays all the same, as a whole (R4); the strongest is the first in the order of the alphabet. */
export const HELD_BACK_REASONS = {
  'local-store-missing': 'a file of it lies on the platform’s disk, which cannot be reached now',
  'other-bucket': 'a file of it lies in a bucket that Lapse is not set up with',
  'retry-later': 'a deletion failed before; it is tried again later',
  'shared-object': 'something else that stays uses the same file',
} as const;

export type HeldBackReason = keyof typeof HELD_BACK_REASONS;

/** Of these: nobody can delete the file until somebody does something about it, so a run that leaves such ones is not whole. */
export const OUT_OF_REACH = ['local-store-missing', 'other-bucket'] as const satisfies HeldBackReason[];

/** The same for a recording or a meeting, which goes with the last transcript that refers to it. */
export const UNIT_REASONS = {
  'no-transcript': 'no transcript refers to it',
  'retained-sibling': 'a transcript that stays refers to it',
  due: 'every transcript that refers to it may go',
} as const;

export type UnitReason = keyof typeof UNIT_REASONS;
