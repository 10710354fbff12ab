import { formatBytes, formatCount } from '@/lib/platform/format';
import type { OverrideImpact } from './override-impact';

/** What the period is before and after: 'Files are kept 30 instead of 90 days after the end of their phase.' */
export function sayChangedDays({ daysBefore, daysAfter }: Pick<OverrideImpact, 'daysBefore' | 'daysAfter'>) {
  const sentences = [
    daysBefore.artifacts === daysAfter.artifacts
      ? ''
      : `Files are kept ${instead(daysBefore.artifacts, daysAfter.artifacts)} after the end of their phase.`,
    daysBefore.logs === daysAfter.logs
      ? ''
      : `Logs are kept ${instead(daysBefore.logs, daysAfter.logs)} after the end of the challenge.`,
  ].filter(Boolean);
  return sentences.join(' ') || 'The days that apply stay the same.';
}

const instead = (before: number, after: number) => `${after} instead of ${formatCount(before, 'day')}`;

/** How much gets another date: '3 submissions (12 files, 4.2 MB) get an earlier date.' */
export function sayAffected(impact: OverrideImpact): string {
  const { submissions, daysBefore, daysAfter } = impact;
  if (submissions === 0) return 'No submission gets another date by it now.';
  const earlier = daysAfter.artifacts < daysBefore.artifacts;
  return `${formatCount(submissions, 'submission')} (${sayFiles(impact)}) ${submissions === 1 ? 'gets' : 'get'} ${earlier ? 'an earlier' : 'a later'} date.`;
}

export function sayFiles({
  files,
  bytes,
  filesOfUnknownSize,
}: Pick<OverrideImpact, 'files' | 'bytes' | 'filesOfUnknownSize'>): string {
  const count = formatCount(files, 'file');
  if (files === 0) return count;
  if (filesOfUnknownSize === files) return `${count} of unknown size`;
  const known = `${count}, ${formatBytes(bytes)}`;
  return filesOfUnknownSize === 0
    ? known
    : `${known} and ${formatCount(filesOfUnknownSize, 'file')} of unknown size`;
}

/** A value of an override: '90 days', 'none of its own', for then the log override or the default applies. */
export const sayDays = (days: number | null): string =>
  days === null ? 'none of its own' : formatCount(days, 'day');
