import { DAYS_IN_FORCE } from '@/lib/anonymous/anonymous-rule';
import { nextRun } from '@/lib/challenges/forecast';
import { ANONYMOUS_CLEANUP_JOB } from '@/lib/deletion/cleanup-run';
import { formatCount } from '@/lib/platform/format';
import { formatClock } from '@/lib/platform/format-time';

/** When the schedule runs, every day: '03:00 UTC'. */
export const RUNS_AT = formatClock(nextRun(ANONYMOUS_CLEANUP_JOB, new Date(0)), 'UTC');

/** How long a policy is in force, and shown, until it covers what was there before it: '14 days'. */
export const TIME_SHOWN = formatCount(DAYS_IN_FORCE, 'day');
