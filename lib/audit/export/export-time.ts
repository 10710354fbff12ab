import { LapseError } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { TIMEOUT_AFTER_HOURS } from '../maintain';

/** What is left between the end of an export and the instant at which its event would be marked: for its last piece and its record. */
const MARGIN_HOURS = 1;

/** How long an export may take: its audit event is open meanwhile, and would be marked 'timeout' an hour after that (O2). */
export const MOST_HOURS = TIMEOUT_AFTER_HOURS - MARGIN_HOURS;

/** Throws 'unavailable', with what is allowed and what to do, once an export that began at `began` has taken too long at `now`. */
export function assertInTime(began: Date, now: Date, rows: number): void {
  if (now.getTime() - began.getTime() <= MOST_HOURS * 60 * 60 * 1000) return;
  throw new LapseError(
    'unavailable',
    `The export took over ${MOST_HOURS} hours and ended there, ${formatCount(rows, 'event')} in: use at most ${MOST_HOURS} hours, with shorter windows (recorded_from, recorded_to), whose files follow each other without a gap.`,
  );
}
