import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { JobRun } from '@/lib/jobs/job-run';
import { RunFacts } from './run-facts';

afterEach(cleanup);

const NOW = new Date('2026-11-21T09:00:00Z');

const run: JobRun = {
  id: '01939e5c-0000-7000-8000-000000000000',
  job: 'maintain-audit-log',
  trigger: 'schedule',
  requestedBy: {},
  state: 'partial',
  planId: null,
  createdAt: NOW,
  startedAt: NOW,
  finishedAt: NOW,
  heartbeatAt: NOW,
  stopRequestedAt: null,
  dedupeKey: null,
  counts: { rows_deleted: 12_000, max_deleted_per_activation: 10_000, lateEvents: 3 },
  details: { cutoff: '2026-10-22T09:00:00.000Z', error: 'Two events have no copy.' },
  summary: '12000 archived events left the hot tier.',
};

const shownFor = (term: string) => screen.getByText(term).nextElementSibling?.textContent;

it('O5: shows what an activation of the cleanup left: rows deleted, cutoff, the most it may delete, error', () => {
  render(<RunFacts run={run} zone="Europe/Berlin" now={NOW} />);
  expect(shownFor('Rows deleted')).toBe('12,000');
  expect(shownFor('Max deleted per activation')).toBe('10,000');
  expect(shownFor('Cutoff')).toContain('22 Oct 2026, 11:00 CEST (09:00 UTC)');
  expect(shownFor('Error')).toBe('Two events have no copy.');
  expect(shownFor('Late events')).toBe('3');
  expect(screen.queryByRole('group')).toBeNull();
});

it('O5: folds many figures away, and leaves those of the cleanup in sight', () => {
  const counts = { timeouts: 0, partitions: 0, sealedSegments: 1, sealedEvents: 12, samples: 0 };
  render(<RunFacts run={{ ...run, counts: { ...counts, ...run.counts } }} zone="UTC" now={NOW} />);
  expect(shownFor('Rows deleted')).toBe('12,000');
  expect(shownFor('Max deleted per activation')).toBe('10,000');
  expect(screen.queryByText('Sealed events')).toBeNull();
  expect(screen.getByText('All 8 figures').closest('details')?.open).toBe(false);
  expect(shownFor('sealedEvents')).toBe('12');
  expect(shownFor('samples')).toBe('0');
});

it('O5: says that there was no error, and says one only once', () => {
  render(<RunFacts run={{ ...run, details: { error: null } }} zone="UTC" now={NOW} />);
  expect(shownFor('Error')).toBe('none');
  cleanup();
  const summary = `${run.summary} Two events have no copy.`;
  render(<RunFacts run={{ ...run, summary }} zone="UTC" now={NOW} />);
  expect(screen.queryByText('Error')).toBeNull();
});
