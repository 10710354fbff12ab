import type { HeldBack } from '@/lib/challenges/held-back';
import type { State } from '@/lib/challenges/states';
import type { KeptBy } from '@/lib/deletion/kept-by';
import { sayReason } from '@/lib/deletion/reasons';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { RULE_TITLES } from '../why/why-words';

const { daysAfterConsent, daysAfterNotice } = RETENTION_POLICY;

/** '42 submissions have files left: 40 are held back, and 2 go with the next cleanup.' */
export function inOneSentence({ groups, submissions }: Pick<HeldBack, 'groups' | 'submissions'>): string {
  const going = groups.find(({ keptBy }) => keptBy === 'retention-period-over')?.submissions ?? 0;
  const held = submissions - going;
  const [have, them] = submissions === 1 ? ['has', 'it'] : ['have', 'them'];
  const left = `${formatCount(submissions, 'submission')} ${have} files left`;
  if (going === 0) return `${left}, and nothing of ${them} goes now.`;
  if (held === 0) return `${left}, and nothing holds ${them} back.`;
  const stays = `${formatNumber(held)} ${held === 1 ? 'is' : 'are'} held back`;
  return `${left}: ${stays}, and ${formatNumber(going)} ${going === 1 ? 'goes' : 'go'} with the next cleanup.`;
}

/** What keeps it, in a word or three, as filters and badges say it. */
export function titleOf(keptBy: KeptBy): string {
  switch (keptBy) {
    case 'being-deleted':
      return 'Being deleted';
    case 'retry-later':
      return 'To be tried again';
    case 'shared-object':
      return 'File of others too';
    case 'retention-period-over':
      return 'Nothing';
    default:
      return RULE_TITLES[keptBy];
  }
}

/** Why it stays, as half a sentence; the same words as everywhere where a reason has words already. */
export function becauseOf(keptBy: KeptBy): string {
  switch (keptBy) {
    case 'phase-end':
      return 'the retention period after the end of its phase is not over';
    case 'consent':
      return `the ${formatCount(daysAfterConsent, 'day')} after the consent are not over`;
    case 'notice':
      return `the ${formatCount(daysAfterNotice, 'day')} after the notice are not over`;
    case 'announced':
      return 'the date that the hosts were told is not reached';
    case 'postponed':
      return 'an admin has postponed it';
    case 'being-deleted':
      return 'a run is deleting it now';
    case 'retention-period-over':
      return 'nothing holds it back: it goes with the next cleanup';
    default:
      return sayReason(keptBy).replace(/^blocked: /, '');
  }
}

/** What would change it, in a sentence. `noticeFailed`: the last notice could not be sent. */
export function whatWouldChange(keptBy: KeptBy, { noticeFailed }: { noticeFailed: boolean }): string {
  switch (keptBy) {
    case 'not-managed':
      return 'It would be managed if the challenge no longer used a bucket of its own.';
    case 'held':
      return `An admin can release the hold. The hosts are then told anew, ${formatCount(daysAfterNotice, 'day')} ahead at least.`;
    case 'challenge-vanished':
      return 'Deletion goes on once the platform lists the challenge again.';
    case 'challenge-disabled':
      return 'Deletion goes on once the challenge is enabled again.';
    case 'no-consent':
      return `A host can consent. Nothing goes in the ${formatCount(daysAfterConsent, 'day')} after that, nor without a notice.`;
    case 'phase-public':
      return 'It gets a date when the platform makes the phase private.';
    case 'no-end-date':
      return 'It gets a date when the platform gives the phase an end.';
    case 'still-active':
      return 'It can go once it is processed.';
    case 'phase-end':
      return 'Time alone, or another retention period.';
    case 'consent':
    case 'notice':
    case 'announced-too-recently':
      return 'Time alone.';
    case 'announced':
      return 'Time alone: nothing goes earlier than the hosts were told.';
    case 'postponed':
      return 'Time alone: a postponement can only be made longer.';
    case 'not-announced':
      return noticeFailed
        ? 'The last notice could not be sent; it is tried again, and names a date 14 days ahead at least.'
        : 'The next notice names it, with a date 14 days ahead at least. Notices are sent on Mondays.';
    case 'being-deleted':
      return 'It is decided when the run ends.';
    case 'retry-later':
      return 'The next try may succeed; each file says in its submission what went wrong.';
    case 'shared-object':
      return 'The file goes with the last submission that uses it.';
    case 'retention-period-over':
      return 'A hold, a postponement or the withdrawal of the consent would keep it.';
  }
}

/** The state under which the lists show it. */
export const STATE_OF: Record<KeptBy, State> = {
  'not-managed': 'not-managed',
  held: 'held',
  'challenge-vanished': 'paused',
  'challenge-disabled': 'paused',
  'no-consent': 'kept',
  'phase-public': 'blocked',
  'no-end-date': 'kept',
  'still-active': 'kept',
  'phase-end': 'scheduled',
  consent: 'scheduled',
  notice: 'scheduled',
  announced: 'scheduled',
  postponed: 'scheduled',
  'not-announced': 'due',
  'announced-too-recently': 'due',
  'being-deleted': 'deleting',
  'retry-later': 'failed',
  'shared-object': 'due',
  'retention-period-over': 'due',
};
