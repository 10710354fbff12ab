import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Searched, SearchedArchive } from '@/lib/audit/list-events';
import { LeavingNote, SearchedLine, SearchFurther, UnreachableNote } from './searched-note';

afterEach(cleanup);

const archive = (period: string): SearchedArchive => ({
  id: period,
  tier: 'warm',
  period,
  part: 1,
  firstStarted: `${period}T00:00:00.000000Z`,
  lastStarted: `${period}T23:59:59.999999Z`,
});
const days = (count: number) =>
  Array.from({ length: count }, (_, n) => archive(`2026-10-${String(n + 1).padStart(2, '0')}`));
const searched = (more: Partial<Searched>): Searched => ({
  tiers: ['hot', 'warm'],
  archives: [],
  unreachable: [],
  leaving: [],
  backTo: null,
  isCutShort: false,
  tookMs: 84,
  ...more,
});

test('T5: each archive that was searched is named for whoever asks', () => {
  render(<SearchedLine searched={searched({ archives: days(3) })} />);
  expect(
    screen.getByText('Searched the hot tier and 3 archives, 1 Oct 2026 – 3 Oct 2026, in 84 ms.'),
  ).toBeTruthy();
  expect(screen.getAllByRole('listitem', { hidden: true }).map((item) => item.textContent)).toEqual([
    'the warm archive of 1 Oct 2026',
    'the warm archive of 2 Oct 2026',
    'the warm archive of 3 Oct 2026',
  ]);
});

test('T5: what a cleanup was taking away is said with its times, and nothing when there was none', () => {
  const { container, rerender } = render(<LeavingNote searched={searched({})} zone="UTC" />);
  expect(container.innerHTML).toBe('');
  const leaving = [{ from: '2026-08-10T00:00:00.000000Z', to: '2026-08-17T00:00:00.000000Z' }];
  rerender(<LeavingNote searched={searched({ leaving })} zone="UTC" />);
  expect(screen.getByText('A cleanup is going on: events may be missing here for some minutes')).toBeTruthy();
  expect(screen.getByRole('listitem').textContent).toMatch(/10 Aug 2026.* until 17 Aug 2026/);
});

test('T5: what could not be searched is said with its reason, and nothing when all could', () => {
  const { container, rerender } = render(<UnreachableNote searched={searched({})} />);
  expect(container.textContent).toBe('');
  const gone = days(7).map((each) => ({ ...each, why: 'There is no object.' }));
  rerender(<UnreachableNote searched={searched({ unreachable: gone.slice(0, 1) })} />);
  expect(screen.getByRole('note').textContent).toContain('An archive could not be searched');
  expect(screen.getByRole('note').textContent).toContain(
    'The warm archive of 1 Oct 2026: There is no object.',
  );
  rerender(<UnreachableNote searched={searched({ unreachable: gone })} />);
  expect(screen.getByRole('note').textContent).toContain('7 archives could not be searched');
  expect(screen.getByRole('note').textContent).toContain('and 2 more.');
});

test('O6: a search that ended at its limits says how far back it came, and goes on', () => {
  const cut = searched({ isCutShort: true, backTo: '2026-03-12T08:00:00.000000Z' });
  const { container, rerender } = render(
    <SearchFurther searched={cut} href="/audit-log?after=x" zone="UTC" />,
  );
  expect(container.textContent).toContain('Searched back to 12 Mar 2026, 08:00 UTC.');
  expect(screen.getByRole('link', { name: 'Search further' }).getAttribute('href')).toBe(
    '/audit-log?after=x',
  );
  rerender(<SearchFurther searched={searched({})} href="/audit-log?after=x" zone="UTC" />);
  expect(container.textContent).toBe('');
});
