import type { Amount } from '@/lib/anonymous/coming-due';
import { formatCount, sayFiles } from '@/lib/platform/format';

/** '3 transcripts, 1 recording and 1 meeting (9 files, 2.1 MB)'; what there is none of is left out. */
export function sayAmount(amount: Amount): string {
  const parts = [
    formatCount(amount.transcripts, 'transcript'),
    ...(amount.recordings > 0 ? [formatCount(amount.recordings, 'recording')] : []),
    ...(amount.meetings > 0 ? [formatCount(amount.meetings, 'meeting')] : []),
  ];
  return `${listOf(parts)} (${sayFiles(amount)})`;
}

/** 'a', 'a and b', 'a, b and c'. */
export const listOf = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Whether there is anything: a recording can come due on a later day than its transcripts. */
export const isSomething = ({ transcripts, recordings, meetings }: Amount): boolean =>
  transcripts + recordings + meetings > 0;
