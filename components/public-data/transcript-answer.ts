import type { GoneTranscript } from '@/lib/anonymous/load-gone-transcript';
import type { TranscriptDetail } from '@/lib/anonymous/load-transcript';
import { type AnonymousReason, HELD_BACK_REASONS, type HeldBackReason } from '@/lib/anonymous/reasons';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { HELD_BACK_WORDS, REASON_LOOKS, REASON_MEANINGS } from './reason-words';

type Standing = Pick<TranscriptDetail, 'reason' | 'heldBack' | 'mayGoFrom'> & {
  files: Pick<TranscriptDetail['files'], 'failed'>;
};

/** Whether the transcript goes, when, and why not, in a sentence or two. */
export function transcriptAnswer(transcript: Standing, zone: string): string {
  const { heldBack } = transcript;
  const stays = 'It stays as a whole, though its period is over:';
  if (heldBack === 'retry-later') return `${stays} ${sayFailed(transcript)}.`;
  if (heldBack !== null) return `${stays} ${HELD_BACK_REASONS[heldBack]}.${failedWords(transcript)}`;
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

const sayFailed = ({ files: { failed } }: Standing): string =>
  `${formatCount(failed, 'file')} could not be deleted and ${failed === 1 ? 'is' : 'are'} tried again`;

const failedWords = (transcript: Standing): string =>
  transcript.files.failed === 0 ? '' : ` ${sayFailed(transcript)}; until then all its rows stay.`;

/** What is left of one that was deleted. */
export function goneAnswer({ receipts, total, run }: GoneTranscript, zone: string): string {
  const times = receipts.map(({ deletedAt }) => deletedAt.getTime());
  const last = times.length > 0 ? new Date(Math.max(...times)) : run?.endedAt;
  const when = last ? ` on ${formatInstantBoth(last, zone)}` : '';
  if (total === 0) return `It was deleted${when}. It had no file, so there is no receipt.`;
  return `It was deleted${when}. ${formatCount(total, 'receipt')} ${total === 1 ? 'proves' : 'prove'} what became of its files.`;
}

/** What the list shows, by the reason that it is filtered by. */
export function listAnswer(
  reason: AnonymousReason | undefined,
  heldBack: HeldBackReason | undefined,
): string {
  if (heldBack !== undefined)
    return `${HELD_BACK_WORDS[heldBack].label}: ${HELD_BACK_WORDS[heldBack].meaning}`;
  if (reason === undefined) return 'Every transcript, the oldest first, with why it stays or when it goes.';
  return `${REASON_LOOKS[reason].label}: ${REASON_MEANINGS[reason]}`;
}
