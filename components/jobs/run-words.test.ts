import { expect, test } from 'vitest';
import type { JobRun } from '@/lib/jobs/job-run';
import { runAnswer, runSentence } from './run-words';

const run = (state: JobRun['state'], summary: string | null) =>
  ({ state, summary, trigger: 'schedule', requestedBy: {}, stopRequestedAt: null }) as unknown as JobRun;

test('L10: instants in the words of a run are those of its reader, with UTC beside them', () => {
  const words =
    '5 events final before 2026-10-22T13:21:06.866Z left; nothing more before 2026-12-01T23:30:00Z.';
  expect(runSentence(run('succeeded', words), 'Europe/Berlin')).toBe(
    '5 events final before 22 Oct 2026, 15:21 CEST (13:21 UTC) left; nothing more before 2 Dec 2026, 00:30 CET (1 Dec 2026, 23:30 UTC).',
  );
  expect(runSentence(run('succeeded', '2026-11-20 could not be archived.'), 'Europe/Berlin')).toBe(
    '2026-11-20 could not be archived.',
  );
});

test('a run that is open or left no words says so', () => {
  expect(runAnswer(run('running', null), 'UTC')).toBe('Asked for by the schedule.');
  expect(runSentence(run('queued', null), 'UTC')).toBe('Asked for by the schedule, and not begun yet.');
  expect(runAnswer(run('failed', null), 'UTC')).toContain('left no word');
});
