import { describe, expect, it } from 'vitest';
import type { JobRun } from './job-run';
import { toRunProgress } from './run-progress';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 9, 0, seconds));

const run = (change: Partial<JobRun>): JobRun => ({
  id: '01939e5c-0000-7000-8000-000000000000',
  job: 'cleanup-expired-submission-artifacts',
  trigger: 'manual',
  requestedBy: { type: 'system', job: 'test' },
  state: 'running',
  planId: null,
  createdAt: at(0),
  startedAt: at(2),
  finishedAt: null,
  heartbeatAt: at(10),
  stopRequestedAt: null,
  dedupeKey: null,
  counts: {},
  details: {},
  summary: null,
  ...change,
});

describe('toRunProgress', () => {
  it('B8: foresees the rest from the pace so far, whatever became of the files', () => {
    const counts = { plannedFiles: 100, deleted: 20, alreadyAbsent: 2, failed: 1, shrunk: 2 };
    expect(toRunProgress(run({ counts }), at(12))).toMatchObject({
      elapsed_seconds: 10,
      silent_seconds: 2,
      waiting_seconds: null,
      progress: { done: 25, total: 100, remaining_seconds: 30 },
    });
  });

  it('B8: measures a comparison by the objects of the last one, and never beyond them', () => {
    const counts = { objects: 250, expectedObjects: 1000, findings: 0 };
    expect(toRunProgress(run({ counts }), at(12)).progress).toEqual({
      done: 250,
      total: 1000,
      remaining_seconds: 30,
    });
    expect(toRunProgress(run({ counts: { ...counts, objects: 2000 } }), at(12)).progress).toMatchObject({
      done: 1000,
    });
    expect(toRunProgress(run({ counts: { objects: 5 } }), at(12)).progress).toBeNull();
  });

  it('B8: says nothing of the rest while there is no pace', () => {
    const none = { plannedFiles: 100, deleted: 0 };
    expect(toRunProgress(run({ counts: none }), at(30)).progress?.remaining_seconds).toBeNull();
    const early = { plannedFiles: 100, deleted: 50 };
    expect(toRunProgress(run({ counts: early }), at(3)).progress?.remaining_seconds).toBeNull();
    expect(toRunProgress(run({ counts: {} }), at(30)).progress).toBeNull();
  });

  it('says how long a run waits for the runner, and how long it took in the end', () => {
    const waiting = run({ state: 'queued', startedAt: null, heartbeatAt: null });
    expect(toRunProgress(waiting, at(25))).toMatchObject({ waiting_seconds: 25, elapsed_seconds: null });
    const ended = run({ state: 'succeeded', finishedAt: at(42) });
    expect(toRunProgress(ended, at(59))).toMatchObject({ elapsed_seconds: 40, silent_seconds: null });
  });
});
