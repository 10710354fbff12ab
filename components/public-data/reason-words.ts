import {
  ANONYMOUS_REASONS,
  type AnonymousReason,
  HELD_BACK_REASONS,
  type HeldBackReason,
} from '@/lib/anonymous/reasons';
import type { State } from '../ui/state-badge';
import { TIME_SHOWN } from './schedule-words';

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
    label: 'Older than the policy, which does not cover it yet',
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
  'policy-too-new': `Nobody’s, and old enough by the present policy, which was not in force when it was made. It goes when that policy has been in force, and shown here, for ${TIME_SHOWN}.`,
  held: 'A hold beats everything, and stays until an admin releases it.',
  'no-creation-time':
    'The platform did not say when it was made, so nobody knows how old it is. Send it again with created_at.',
  'record-not-received':
    'Its period is over, but the platform has not sent the recording or the meeting that it names, whose files would be left behind. Send that, or send the transcript again with null in its place.',
  owned: 'What belongs to somebody on the platform never goes as anonymous data.',
  'mode-off': 'While PUBLIC_MODE is off nothing anonymous is deleted.',
};

export const HELD_BACK_ORDER = Object.keys(HELD_BACK_REASONS) as HeldBackReason[];

export const isHeldBackReason = (code: string | undefined): code is HeldBackReason =>
  code !== undefined && Object.hasOwn(HELD_BACK_REASONS, code);

/** The badge of a transcript: one that is due and that no run takes looks like any other that stays. */
export const lookOf = ({ reason, heldBack }: Standing): Pick<ReasonLook, 'state' | 'badge'> =>
  heldBack === null ? REASON_LOOKS[reason] : { state: 'blocked', badge: HELD_BACK_WORDS[heldBack].badge };

interface Standing {
  reason: AnonymousReason;
  heldBack: HeldBackReason | null;
}

/** Why those that are due stay all the same, as rows of the table of what stays. */
export const HELD_BACK_WORDS: Record<HeldBackReason, { badge: string; label: string; meaning: string }> = {
  'local-store-missing': {
    badge: 'Blocked: out of reach',
    label: 'Due, with a file that cannot be reached',
    meaning:
      'Its file lies on the platform’s disk, and that is not there: its folder (LAPSE_LOCAL_FILES_DIR) is missing, or has no file .lapse-store. It goes as a whole once the disk is back.',
  },
  'other-bucket': {
    badge: 'Blocked: another bucket',
    label: 'Due, with a file in another bucket',
    meaning:
      'Its file lies in a bucket that Lapse is not set up with, so nobody here can delete it or see that it is gone. If it is the store of Lapse under another name, say so in LAPSE_BUCKET_NAMES.',
  },
  'retry-later': {
    badge: 'Blocked: a file failed',
    label: 'Due, with a file that could not be deleted',
    meaning:
      'A file of it could not be deleted. It is tried again when some time has passed, and the whole goes with it then.',
  },
  'shared-object': {
    badge: 'Blocked: shares a file',
    label: 'Due, sharing a file with what stays',
    meaning: 'A file of it is the same object in the store as one of what stays. It goes when that goes.',
  },
};
