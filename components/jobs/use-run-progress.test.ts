import { expect, test } from 'vitest';
import type { RunProgress } from '@/lib/jobs/run-progress';
import { latestOf } from './use-run-progress';

const run = (state: RunProgress['state']) => ({ state }) as RunProgress;

test.each([
  ['queued', 'running', 'running'],
  ['running', 'succeeded', 'succeeded'],
  // The page was made anew between two questions, and the run has ended meanwhile.
  ['succeeded', 'running', 'succeeded'],
  ['stopped', 'queued', 'stopped'],
] as const)('a run that is %s on the page and %s as asked is %s', (page, asked, latest) => {
  expect(latestOf(run(page), run(asked)).state).toBe(latest);
});
