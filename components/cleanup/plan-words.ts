import type { Plan } from '@/lib/deletion/source';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';

export const isAnonymous = ({ source }: Pick<Plan, 'source'>): boolean => source === 'anonymous-data';

/** What the plan deletes and what it leaves, in a sentence. */
export function planAnswer(plan: Plan): string {
  if (isAnonymous(plan)) return anonymousAnswer(plan);
  const { files, heldBackSubmissions: held } = plan;
  const heldBack =
    held === 0
      ? 'Nothing whose date is reached is held back.'
      : `${formatCount(held, 'submission')} whose date is reached ${held === 1 ? 'is' : 'are'} held back.`;
  if (files === 0) return `This plan deletes nothing. ${heldBack}`;
  return `${planVerb(plan)} ${whatGoes(plan)}. ${heldBack}`;
}

function anonymousAnswer(plan: Plan): string {
  const { transcripts, files, heldBackTranscripts: held } = plan;
  const heldBack =
    held === 0
      ? 'Nothing whose period is over is held back.'
      : `${formatCount(held, 'transcript')} whose period is over, or not known, ${held === 1 ? 'is' : 'are'} held back.`;
  if (transcripts === 0 && files === 0) return `This plan deletes nothing. ${heldBack}`;
  return `${planVerb(plan)} ${whatGoes(plan)}. ${heldBack}`;
}

/** '42 files (2.1 GB) of 3 submissions in 1 challenge', or '3 transcripts with 1 recording and 1 meeting, 9 files (2.1 GB)'. */
export function whatGoes(plan: Plan): string {
  const { files, submissions, challenges, transcripts, recordings, meetings } = plan;
  if (!isAnonymous(plan)) {
    return `${formatCount(files, 'file')} (${sizeOf(plan)}) of ${formatCount(submissions, 'submission')} in ${formatCount(challenges, 'challenge')}`;
  }
  const also = [
    ...(recordings > 0 ? [formatCount(recordings, 'recording')] : []),
    ...(meetings > 0 ? [formatCount(meetings, 'meeting')] : []),
  ].join(' and ');
  return `${formatCount(transcripts, 'transcript')}${also && ` with ${also}`}, ${formatCount(files, 'file')} (${sizeOf(plan)})`;
}

/** What a plan of the kind is counted in: '3 transcripts', '42 files'. */
export const countOf = (plan: Plan): string =>
  isAnonymous(plan) ? formatCount(plan.transcripts, 'transcript') : formatCount(plan.files, 'file');

function planVerb({ state }: Plan): string {
  switch (state) {
    case 'ready':
      return 'Nothing is deleted yet. A run of this plan deletes';
    case 'running':
      return 'Its run may delete';
    case 'done':
      return 'Its run could delete';
    case 'expired':
      return 'It expired unused. It named';
  }
}

/** '2.1 GB', or '2.1 GB and 3 files of unknown size'. */
export function sizeOf({ bytes, filesOfUnknownSize: unknown }: Plan): string {
  if (unknown === 0) return formatBytes(bytes);
  return `${formatBytes(bytes)} and ${formatNumber(unknown)} of unknown size`;
}
