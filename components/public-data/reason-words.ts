import { ANONYMOUS_REASONS, type AnonymousReason, type HeldBackReason } from '@/lib/anonymous/reasons';
import type { State } from '../ui/state-badge';

interface ReasonLook {
  state: State;
  /** The word of its badge. */
  badge: string;
  /** The reason as the title of a row or an option. */
  label: string;
}

/** How each reason looks, wherever it stands. */
export const REASON_LOOKS: Record<AnonymousReason, ReasonLook> = {
  due: { state: 'due', badge: 'Due', label: 'Due now' },
  'not-old-enough': { state: 'scheduled', badge: 'Scheduled', label: 'Not old enough yet' },
  'policy-too-new': {
    state: 'scheduled',
    badge: 'Scheduled: policy too new',
    label: 'Older than the policy, which has not been in force for 14 days',
  },
  held: { state: 'held', badge: 'Held', label: 'Under a hold' },
  'no-creation-time': { state: 'blocked', badge: 'Blocked: age unknown', label: 'Without a creation time' },
  'record-not-received': {
    state: 'blocked',
    badge: 'Blocked: a record is missing',
    label: 'Names a recording or meeting that has not arrived',
  },
  owned: { state: 'kept', badge: 'Kept: has an owner', label: 'Belongs to somebody' },
  'mode-off': { state: 'kept', badge: 'Kept: public mode is off', label: 'Public mode is off' },
};

/** In the order in which people ask. */
export const REASON_ORDER = Object.keys(REASON_LOOKS) as AnonymousReason[];

export const isReason = (code: string | undefined): code is AnonymousReason =>
  code !== undefined && Object.hasOwn(ANONYMOUS_REASONS, code);

/** What each reason means, and what would change it. */
export const REASON_MEANINGS: Record<AnonymousReason, string> = {
  due: 'Nobody’s, and its period is over. The next run deletes it, if nothing changes.',
  'not-old-enough': 'Nobody’s, and its period is not over. It goes when it is.',
  'policy-too-new':
    'Nobody’s, and old enough by the present policy, which was not in force when it was made. It goes when that policy has been in force, and shown here, for 14 days.',
  held: 'A hold beats everything, and stays until an admin releases it.',
  'no-creation-time':
    'The platform did not say when it was made, so nobody knows how old it is. Send it again with created_at.',
  'record-not-received':
    'Its period is over, but the platform has not sent the recording or the meeting that it names, whose files would be left behind. Send that, or send the transcript again with null in its place.',
  owned: 'What belongs to somebody on the platform never goes as anonymous data.',
  'mode-off': 'While PUBLIC_MODE is off nothing anonymous is deleted.',
};

/** Why those that are due stay all the same, as rows of the table of what stays. */
export const HELD_BACK_WORDS: Record<HeldBackReason, { label: string; meaning: string }> = {
  'other-bucket': {
    label: 'Due, with a file in another bucket',
    meaning:
      'Its file lies in a bucket that Lapse is not set up with, so nobody here can delete it or see that it is gone. If it is the store of Lapse under another name, say so in LAPSE_BUCKET_NAMES.',
  },
  'retry-later': {
    label: 'Due, with a file that could not be deleted',
    meaning: 'It is tried again when some time has passed, and goes as a whole with that.',
  },
  'shared-object': {
    label: 'Due, sharing a file with what stays',
    meaning: 'Something that stays is the same file in the store. It goes when that goes.',
  },
};
