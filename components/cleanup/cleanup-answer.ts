import type { DueNow } from '@/lib/deletion/due-now';
import type { JobRun } from '@/lib/jobs/job-run';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatClock, formatDate, formatRelative } from '@/lib/platform/format-time';

interface Facts {
  due: DueNow;
  /** The newest run; undefined when there was none. */
  last: JobRun | undefined;
  /** The next run of the schedule. */
  next: Date;
}

const ENDS = {
  succeeded: 'did all that was planned',
  partial: 'could not delete everything; what failed is tried again',
  stopped: 'was stopped before its end',
  skipped: 'was not to delete anything',
  failed: 'failed',
} as const;

/** What is due, when the schedule takes it, and how it went last time. */
export function cleanupAnswer({ due, last, next }: Facts, zone: string, now: Date): string {
  return [dueWords(due), scheduleWords(next, zone, now), lastWords(last, now)].join(' ');
}

function dueWords({ submissions, challenges, heldBack }: DueNow): string {
  const held =
    heldBack === 0
      ? ''
      : `; ${formatNumber(heldBack)} whose date is reached ${heldBack === 1 ? 'is' : 'are'} held back`;
  if (submissions === 0) return `Nothing is due now${held}.`;
  const are = submissions === 1 ? 'is' : 'are';
  return `${formatCount(submissions, 'submission')} of ${formatCount(challenges, 'challenge')} ${are} due now${held}.`;
}

function scheduleWords(next: Date, zone: string, now: Date): string {
  const utc = zone === 'UTC' ? '' : ` (${formatClock(next, 'UTC')})`;
  return `The schedule runs next ${formatRelative(next, now)}, on ${formatDate(next, zone)} at ${formatClock(next, zone)}${utc}.`;
}

function lastWords(last: JobRun | undefined, now: Date): string {
  if (!last) return 'No cleanup has run yet.';
  if (last.state === 'queued') return 'A run is waiting to begin.';
  if (last.state === 'running') return 'A run is under way.';
  const when = formatRelative(last.finishedAt ?? last.createdAt, now);
  return `The last run, ${when}, ${ENDS[last.state]}.`;
}
