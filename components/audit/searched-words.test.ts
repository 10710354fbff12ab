import { expect, test } from 'vitest';
import type { Searched, SearchedArchive } from '@/lib/audit/list-events';
import { placeWords, searchedWords, tookWords } from './searched-words';

const archive = (tier: 'warm' | 'cold', period: string, part = 1): SearchedArchive => ({
  id: `${tier}-${period}.${part}`,
  tier,
  period,
  part,
  firstStarted: `${period}T00:00:00.000000Z`,
  lastStarted: `${period}T23:59:59.999999Z`,
});
const said = (archives: SearchedArchive[], tookMs = 84): string => {
  const searched: Searched = {
    tiers: ['hot'],
    archives,
    unreachable: [],
    leaving: [],
    backTo: null,
    isCutShort: false,
    tookMs,
  };
  return searchedWords(searched);
};

test('T5: a page says what was searched for it, and how long that took', () => {
  expect(said([], 9)).toBe('Searched the hot tier in 9 ms.');
  expect(said([archive('warm', '2026-10-14', 2)], 1240)).toBe(
    'Searched the hot tier and the warm archive of 14 Oct 2026, part 2, in 1.2 s.',
  );
  expect(
    said([archive('warm', '2026-11-21'), archive('warm', '2026-10-14'), archive('cold', '2025-09-01')]),
  ).toBe('Searched the hot tier and 3 archives, Sept 2025 – 21 Nov 2026, in 84 ms.');
  expect(said([archive('warm', '2026-11-21'), archive('warm', '2026-11-21', 2)])).toBe(
    'Searched the hot tier and 2 archives, 21 Nov 2026, in 84 ms.',
  );
});

test('T5, L5: an event says where it lies, and which archive has a copy of it', () => {
  const cold = archive('cold', '2026-08-01');
  expect(placeWords({ archive: null }, null)).toBe('the hot tier; no archive has a copy.');
  expect(placeWords({ archive: null }, cold)).toBe(
    'the hot tier, with a verified copy in the cold archive of Aug 2026.',
  );
  expect(placeWords({ archive: cold }, cold)).toBe('the cold archive of Aug 2026; it has left the hot tier.');
});

test('what takes no time is told in milliseconds', () => {
  expect([0, 12, 999, 1000, 75_000].map(tookWords)).toEqual([
    '0 ms',
    '12 ms',
    '999 ms',
    '1.0 s',
    '1 min 15 s',
  ]);
});
