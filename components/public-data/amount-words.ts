import type { Amount } from '@/lib/anonymous/coming-due';
import { formatCount, sayFiles } from '@/lib/platform/format';

/** '3 transcripts, 1 recording and 1 meeting'; what there is none of is left out. */
export function sayUnits({
  transcripts,
  recordings,
  meetings,
}: Pick<Amount, 'transcripts' | 'recordings' | 'meetings'>): string {
  const parts = [
    ...(transcripts > 0 ? [formatCount(transcripts, 'transcript')] : []),
    ...(recordings > 0 ? [formatCount(recordings, 'recording')] : []),
    ...(meetings > 0 ? [formatCount(meetings, 'meeting')] : []),
  ];
  return listOf(parts);
}

/** The same with the files and their size behind it. */
export const sayAmount = (amount: Amount): string => `${sayUnits(amount)} (${sayFiles(amount)})`;

/** 'a', 'a and b', 'a, b and c'. */
export const listOf = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Whether there is anything: a recording can come due on a later day than its transcripts. */
export const isSomething = ({ transcripts, recordings, meetings }: Amount): boolean =>
  transcripts + recordings + meetings > 0;
