import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { TroubleLink } from '../shell/trouble-link';
import { TroubleList } from './trouble-list';

afterEach(cleanup);

it('O5: nothing is shown in the shell when all is well', () => {
  const { container } = render(
    <>
      <TroubleLink troubles={[]} href="/audit-log/size" />
      <TroubleList troubles={[]} />
    </>,
  );
  expect(container.textContent).toBe('');
});

it('O5: one trouble leads to its run, several to all of them', () => {
  const one = { words: 'The last run of “Keep the audit log in order” failed.', href: '/jobs/runs/1' };
  render(<TroubleLink troubles={[one]} href="/audit-log/size" isNarrow />);
  expect(screen.getByRole('link', { name: one.words }).getAttribute('href')).toBe('/jobs/runs/1');
  cleanup();
  render(<TroubleLink troubles={[one, { words: 'Another.', href: '/jobs' }]} href="/audit-log/size" />);
  const link = screen.getByRole('link', { name: 'The audit log wants attention: 2 things' });
  expect(link.getAttribute('href')).toBe('/audit-log/size');
});

it('O5: each trouble is said, with the way to it', () => {
  render(
    <TroubleList
      troubles={[
        { kind: 'run', words: 'A run failed.', runId: '7', stream: null },
        { kind: 'overdue', words: 'A job is overdue.', runId: null, stream: null },
        { kind: 'stream', words: 'A stream is beyond its limits.', runId: null, stream: 'a b' },
        { kind: 'size', words: 'It is large.', runId: null, stream: null },
      ]}
    />,
  );
  expect(screen.getAllByRole('listitem')).toHaveLength(4);
  expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
    '/jobs/runs/7',
    '/jobs',
    '/audit-log/streams/a%20b',
  ]);
});
