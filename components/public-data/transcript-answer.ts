import type { GoneTranscript, TranscriptDetail } from '@/lib/anonymous/load-transcript';
import { type AnonymousReason, HELD_BACK_REASONS } from '@/lib/anonymous/reasons';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { REASON_LOOKS, REASON_MEANINGS } from './reason-words';

type Standing = Pick<TranscriptDetail, 'reason' | 'heldBack' | 'mayGoFrom' | 'files'>;

/** Whether the transcript goes, when, and why not, in a sentence or two. */
export function transcriptAnswer(transcript: Standing, zone: string): string {
  const { heldBack } = transcript;
  if (heldBack !== null) {
    return `It stays as a whole, though its period is over: ${HELD_BACK_REASONS[heldBack]}.${failedWords(transcript)}`;
  }
  return `${WORDS[transcript.reason](transcript.mayGoFrom ? formatInstantBoth(transcript.mayGoFrom, zone) : null)}${failedWords(transcript)}`;
}

const never = (from: string | null) => from ?? 'no day that is known';

const WORDS: Record<AnonymousReason, (from: string | null) => string> = {
  due: () => 'It is due: its period is over, and the next run of the cleanup deletes it with its files.',
  'not-old-enough': (from) => `It stays until its period is over, and may go from ${never(from)}.`,
  'policy-too-new': (from) =>
    `It stays, though it is old enough by the present policy: that was not in force when it was made. It may go from ${never(from)}.`,
  held: () => 'It stays: a hold keeps it until somebody releases that.',
  'no-creation-time': () =>
    'It stays, and nobody knows for how long: the platform did not say when it was made.',
  'record-not-received': () =>
    'It stays, though its period is over: it names a recording or a meeting that the platform has not sent.',
  owned: () => 'It stays: it belongs to somebody on the platform, and only what is nobody’s ever goes.',
  'mode-off': () => 'It stays: PUBLIC_MODE is off, so nothing anonymous is deleted.',
};

function failedWords({ files }: Standing): string {
  const failed = files.filter(({ state }) => state === 'failed').length;
  if (failed === 0) return '';
  return ` ${formatCount(failed, 'file')} could not be deleted and ${failed === 1 ? 'is' : 'are'} tried again; until then all its rows stay.`;
}

/** What is left of one that was deleted. */
export function goneAnswer({ receipts }: GoneTranscript, zone: string): string {
  const last = new Date(Math.max(...receipts.map(({ deletedAt }) => deletedAt.getTime())));
  return `It was deleted on ${formatInstantBoth(last, zone)}. ${formatCount(receipts.length, 'receipt')} ${receipts.length === 1 ? 'proves' : 'prove'} what became of its files.`;
}

/** What the list shows, by the reason that it is filtered by. */
export function listAnswer(reason: AnonymousReason | undefined): string {
  if (reason === undefined) return 'Every transcript, the oldest first, with why it stays or when it goes.';
  return `${REASON_LOOKS[reason].label}: ${REASON_MEANINGS[reason]}`;
}
