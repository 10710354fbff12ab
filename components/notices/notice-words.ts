import type { NoticeItem } from '@/lib/notices/list-notice-items';
import type { LoadedNotice, LoadedRecipient } from '@/lib/notices/load-notice';
import { VOID_WORDS } from '@/lib/notices/notice-standing';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { REASONS } from '@/lib/retention/reasons';

export const noticeHref = (noticeId: string): string => `/notices/${noticeId}`;

/** Whether it was delivered, to whom and when, and when the first files may go. */
export function noticeAnswer(notice: LoadedNotice, zone: string, now: Date): string {
  return `${delivery(notice, zone)} ${begin(notice, zone, now)}`;
}

function delivery(
  { state, sentAt, recipients, nextAttemptAt, underCurrentConsent }: LoadedNotice,
  zone: string,
) {
  if (state === 'sending') return 'It is being sent, and was delivered to nobody yet.';
  if (state === 'failed' || !sentAt) {
    const again = nextAttemptAt && underCurrentConsent;
    return `It was delivered to nobody${again ? `, and is tried again after ${formatInstantBoth(nextAttemptAt, zone)}` : ''}.`;
  }
  const reached = recipients.filter(({ accepted }) => accepted);
  const missed = recipients.filter(({ accepted }) => !accepted);
  const to = reached.length === 0 ? '' : ` to ${namesOf(reached)}`;
  const without = missed.length === 0 ? '' : `, but not to ${namesOf(missed)}`;
  return `It was delivered${to} on ${formatInstantBoth(sentAt, zone)}${without}.`;
}

function begin(notice: LoadedNotice, zone: string, now: Date): string {
  const { state, standing, voidReason, earliestDeletion, underCurrentConsent, submissions } = notice;
  if (voidReason === 'deleted') return 'All that it named is deleted.';
  if (voidReason !== null) return `It is void, and nothing goes on it: ${VOID_WORDS[voidReason]}.`;
  if (!underCurrentConsent) return `It is void, and nothing goes on it: ${VOID_WORDS['consent-changed']}.`;
  if (state !== 'sent' || !earliestDeletion) return 'Nothing that it names goes until it has been sent.';
  const from = `${earliestDeletion > now ? 'from' : 'since'} ${formatInstantBoth(earliestDeletion, zone)}`;
  const deleted = standing.deleted
    ? ` ${formatNumber(standing.deleted)} of ${formatCount(submissions, 'submission')} ${standing.deleted === 1 ? 'is' : 'are'} deleted already.`
    : '';
  if (!standing.stands) {
    return `Something else keeps all that it names for now; otherwise the first files could go ${from}.${deleted}`;
  }
  return `The first files may go ${from}${earliestDeletion > now ? ' on' : ''}.${deleted}`;
}

const MOST_NAMES = 4;

/** "Hanna Lind, Marek Nowak and 3 others". */
function namesOf(people: readonly LoadedRecipient[]): string {
  const names = people.map(({ displayName }) => displayName);
  const shown = names.length > MOST_NAMES ? names.slice(0, MOST_NAMES - 1) : names;
  const hidden = names.length - shown.length;
  const parts = hidden > 0 ? [...shown, `${formatNumber(hidden)} others`] : shown;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** How a submission stands to the notice, beside its badge. */
export function verdictWords({ verdict, reason, eligibleDate }: NoticeItem, zone: string): string | null {
  switch (verdict) {
    case 'stands':
    case 'deleted':
      return null;
    case 'kept':
      return `Kept for now: ${REASONS[reason]}.`;
    case 'not-sent':
      return 'The notice was not sent.';
    case 'date-changed':
      return eligibleDate
        ? `Its date is another one now: ${formatInstantBoth(eligibleDate, zone)}.`
        : `It has no date now: ${REASONS[reason]}.`;
    case 'announced-anew':
      return 'A later notice names it.';
    case 'consent-withdrawn':
      return 'The consent was withdrawn.';
    case 'consent-changed':
      return 'The consent has changed since.';
    case 'hold-released':
      return 'A hold was placed and released since, so it needs a new notice.';
    case 'deletion-resumed':
      return 'Deletion was paused and has resumed since, so it needs a new notice.';
  }
}

const STOPPED = {
  'not-a-host': 'no host of the challenge any more',
  disabled: 'the account is disabled',
  'same-address': 'somebody else took it at the same address',
} as const;

/** Why nobody mails the recipient any more, or what the last attempt met. */
export function recipientWords({ state, stopped, error }: LoadedRecipient): string | null {
  if (state === 'stopped' && stopped) return `Not mailed again: ${STOPPED[stopped]}.`;
  return state === 'accepted' ? null : (error ?? null);
}
