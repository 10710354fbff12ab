import { readCounts, settledFiles } from '@/lib/deletion/counts';
import type { JobRun } from './job-run';

/** How far a run is, as the REST API says it. All seconds are whole. */
export interface RunProgress {
  id: string;
  job: string;
  state: JobRun['state'];
  /** What it did, or why it ended, in a sentence; null until it has ended. */
  summary: string | null;
  stop_requested: boolean;
  /** How long it has waited for the job runner; null unless it is queued. */
  waiting_seconds: number | null;
  /** How long it has been running, or ran; null when it never began. */
  elapsed_seconds: number | null;
  /** How long nobody has shown a sign of working on it; null unless it is running. */
  silent_seconds: number | null;
  /** In units of the job, such as files; null when it does not say how much there is to do. */
  progress: { done: number; total: number; remaining_seconds: number | null } | null;
  counts: Record<string, number>;
  /** What it says of itself besides, such as the cutoff of a prune. */
  details: Record<string, string | null>;
}

/** Before so many seconds the pace says nothing about the rest. */
const ESTIMATE_AFTER_SECONDS = 3;

export function toRunProgress(run: JobRun, now: Date): RunProgress {
  const elapsed = run.startedAt ? secondsBetween(run.startedAt, run.finishedAt ?? now) : null;
  return {
    id: run.id,
    job: run.job,
    state: run.state,
    summary: run.summary,
    stop_requested: run.stopRequestedAt !== null,
    waiting_seconds: run.state === 'queued' ? secondsBetween(run.createdAt, now) : null,
    elapsed_seconds: elapsed,
    silent_seconds: run.state === 'running' && run.heartbeatAt ? secondsBetween(run.heartbeatAt, now) : null,
    progress: progressOf(run, elapsed),
    counts: run.counts,
    details: run.details,
  };
}

function progressOf(run: JobRun, elapsed: number | null): RunProgress['progress'] {
  const work = workOf(run);
  if (!work) return null;
  const { done, total } = work;
  const canTell =
    run.state === 'running' && elapsed !== null && elapsed >= ESTIMATE_AFTER_SECONDS && done > 0;
  return {
    done,
    total,
    remaining_seconds: canTell ? Math.ceil((elapsed / done) * (total - done)) : null,
  };
}

/** How much there is to do, as the job says it; of a comparison, as many objects as the last one found. */
function workOf({ counts }: JobRun): { done: number; total: number } | null {
  if ('plannedFiles' in counts) {
    const cleanup = readCounts(counts);
    return { done: Math.min(settledFiles(cleanup), cleanup.plannedFiles), total: cleanup.plannedFiles };
  }
  const { objects = 0, expectedObjects = 0 } = counts;
  return expectedObjects > 0 ? { done: Math.min(objects, expectedObjects), total: expectedObjects } : null;
}

const secondsBetween = (from: Date, to: Date): number =>
  Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000));
