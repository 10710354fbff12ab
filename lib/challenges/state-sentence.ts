import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import type { ChallengeFacts, StateOptions } from './challenge-facts';
import type { Forecast } from './forecast';
import type { State } from './states';

/** The state of a challenge as one or two sentences for people; days are those of `options.zone`. */
export function sentenceOf(
  state: State,
  facts: ChallengeFacts,
  expected: Forecast | null,
  options: StateOptions,
): string {
  switch (state) {
    case 'not-managed':
      return 'The files lie in the host’s own bucket, which Lapse never touches.';
    case 'deleting':
      return `${formatCount(facts.filesDeleting, 'file')} ${isAre(facts.filesDeleting)} being deleted now.`;
    case 'deleted':
      return deletedSentence(facts, options.zone);
    case 'held':
      return heldSentence(facts);
    case 'paused':
      return facts.vanished
        ? 'Deletion is paused: the platform no longer lists the challenge.'
        : 'Deletion is paused: the challenge is disabled.';
    case 'partial':
    case 'failed':
      return failedSentence(facts);
    case 'due':
    case 'scheduled':
      return [goingSentence(facts, expected, options), heldBackSentence(facts)].filter(Boolean).join(' ');
    case 'blocked':
      return `Blocked: ${formatCount(facts.phasesBlocked, 'phase')} ${hasHave(facts.phasesBlocked)} ended and ${isAre(facts.phasesBlocked)} still public, so nothing has a date.`;
    case 'kept':
      return keptSentence(facts, options);
  }
}

const isAre = (count: number) => (count === 1 ? 'is' : 'are');
const hasHave = (count: number) => (count === 1 ? 'has' : 'have');

function deletedSentence(facts: ChallengeFacts, zone: string): string {
  const one = facts.submissions === 1;
  const whose = one ? 'the only submission' : `all ${formatCount(facts.submissions, 'submission')}`;
  const when = facts.lastDeletedAt
    ? one
      ? ` were deleted on ${formatDate(facts.lastDeletedAt, zone)}`
      : ` are deleted; the last went on ${formatDate(facts.lastDeletedAt, zone)}`
    : ' are deleted';
  return `The files of ${whose}${when}. Submissions and scores stay.`;
}

function heldSentence(facts: ChallengeFacts): string {
  const where = facts.heldWhole ? 'a hold stands on the challenge' : 'holds stand on all that is left';
  const sentence = `Nothing is deleted: ${where}.`;
  if (facts.filesFailed === 0) return sentence;
  return `${sentence} ${formatCount(facts.filesFailed, 'file')} that could not be deleted before the hold also ${facts.filesFailed === 1 ? 'stays' : 'stay'}.`;
}

function failedSentence(facts: ChallengeFacts): string {
  const one = facts.filesFailed === 1;
  const sentence = `${formatCount(facts.filesFailed, 'file')} could not be deleted; ${one ? 'it is' : 'they are'} tried again.`;
  return facts.partlyDeleted
    ? `${sentence} Other files of the same ${one ? 'submission are' : 'submissions are'} gone.`
    : sentence;
}

/** "14 submissions, 2.1 GB, will be deleted on 1 December; the hosts were told on 16 November." */
function goingSentence(facts: ChallengeFacts, expected: Forecast | null, options: StateOptions): string {
  const what = whatGoes(facts, options);
  if (!expected) return `${what} will be deleted.`;
  const day = (instant: Date) => formatDate(instant, options.zone);
  const deletion = day(expected.deletion);
  if (expected.notice === null || facts.announcedAt !== null) {
    const told = facts.announcedAt ? `; the hosts were told on ${day(facts.announcedAt)}` : '';
    return `${what} will be deleted on ${deletion}${told}.`;
  }
  const notice = day(expected.notice);
  if (facts.noticeFailed) {
    return `${what} cannot be deleted yet: the notice to the hosts could not be sent. The next one goes on ${notice}, so nothing goes before ${deletion}.`;
  }
  if (facts.due > 0) {
    return `${what} ${hasHave(facts.due)} reached the date, but the hosts were not told. The notice goes on ${notice}, so nothing goes before ${deletion}.`;
  }
  return `${what} will be deleted on ${deletion}; the hosts will be told on ${notice}.`;
}

function whatGoes(facts: ChallengeFacts, { going }: StateOptions): string {
  const fallback = facts.due > 0 ? facts.due : facts.dated;
  const count = going && going.submissions > 0 ? going.submissions : fallback;
  const submissions = formatCount(count, 'submission');
  return going && going.bytes > 0 ? `${submissions}, ${formatBytes(going.bytes)},` : submissions;
}

/** What the sentence about the next deletion leaves out, so that nobody takes it for the whole challenge. */
function heldBackSentence(facts: ChallengeFacts): string {
  const parts: string[] = [];
  if (facts.held > 0) parts.push(`${formatCount(facts.held, 'submission')} under a hold`);
  if (facts.active > 0) parts.push(`${formatCount(facts.active, 'submission')} still being processed`);
  if (facts.phasesBlocked > 0) parts.push(`${formatCount(facts.phasesBlocked, 'phase')} still public`);
  return parts.length > 0 ? `Held back: ${parts.join(', ')}.` : '';
}

function keptSentence(facts: ChallengeFacts, { now, zone }: StateOptions): string {
  if (!facts.consent) return 'Everything is kept: the hosts have not consented.';
  if (facts.submissions === 0) return 'The hosts have consented; there are no submissions yet.';
  const left = facts.submissions - facts.deleted;
  if (facts.held + facts.active === left) {
    return facts.held > 0
      ? 'Nothing is deleted: what is left is under a hold or still being processed.'
      : 'Nothing is deleted: what is left is still being processed.';
  }
  if (facts.latestPhaseEnd && facts.latestPhaseEnd > now) {
    return `Everything is kept: the challenge is open until ${formatDate(facts.latestPhaseEnd, zone)}.`;
  }
  if (facts.phasesOpenEnded > 0) {
    return `Everything is kept: ${formatCount(facts.phasesOpenEnded, 'phase')} ${hasHave(facts.phasesOpenEnded)} no end date.`;
  }
  return 'The hosts have consented, and nothing has a date yet.';
}
