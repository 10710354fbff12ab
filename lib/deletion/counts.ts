import { z } from 'zod';

/**
 * What a cleanup counts in job_runs.counts. All but the rows and the bytes are objects, so a shared one counts once. They are
 * written in the transactions that make them true, and so are exact after a crash (L9).
 */
export interface CleanupCounts {
  plannedFiles: number;
  deleted: number;
  alreadyAbsent: number;
  failed: number;
  /** No longer qualified when their turn came (L6). */
  shrunk: number;
  /** Had no turn, because too many files of their challenge failed before them. */
  setAside: number;
  /** Of those that went or failed: no deletion of them had failed before, so that the store should have had them. */
  firstTried: number;
  /** Of these: it did not. */
  firstTriedAbsent: number;
  /** Submissions whose last artifact went in this run. */
  submissionsDeleted: number;
  /** Of anonymous data: rows that went in this run, with all their files before them (R4). */
  transcriptsDeleted: number;
  recordingsDeleted: number;
  meetingsDeleted: number;
  /** Transcripts that keep all their rows, because something of them could not be deleted. */
  transcriptsFailed: number;
  plannedBytes: number;
  /** Bytes of the objects that were deleted. */
  bytes: number;
}

const count = z.number().int().default(0);
const schema = z.object({
  plannedFiles: count,
  deleted: count,
  alreadyAbsent: count,
  failed: count,
  shrunk: count,
  setAside: count,
  firstTried: count,
  firstTriedAbsent: count,
  submissionsDeleted: count,
  transcriptsDeleted: count,
  recordingsDeleted: count,
  meetingsDeleted: count,
  transcriptsFailed: count,
  plannedBytes: count,
  bytes: count,
});

/** Reads the counts of a cleanup's run; what is missing is 0. */
export function readCounts(counts: Record<string, number>): CleanupCounts {
  return schema.parse(counts);
}

export type CountChange = Partial<CleanupCounts>;

/** What a source counts of what is complete. */
export type FinishedCounts = Pick<
  CountChange,
  'submissionsDeleted' | 'transcriptsDeleted' | 'recordingsDeleted' | 'meetingsDeleted' | 'transcriptsFailed'
>;

/** The counts with a change added. */
export function addCounts(counts: CleanupCounts, change: CountChange): CleanupCounts {
  const sum = { ...counts };
  for (const name of Object.keys(change) as (keyof CleanupCounts)[]) sum[name] += change[name] ?? 0;
  return sum;
}

/** Objects for which the run has an answer, whichever. */
export const settledFiles = (counts: CleanupCounts): number =>
  counts.deleted + counts.alreadyAbsent + counts.failed + counts.shrunk + counts.setAside;
