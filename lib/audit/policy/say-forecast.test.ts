import { expect, test } from 'vitest';
import type { SizeForecast } from '../size/forecast';
import { sayArchives, sayHot, sayOutcome, sayWarnings } from './say-forecast';
import { DEFAULT_POLICY } from './tier-policy';

const at = new Date('2026-11-28T23:30:00Z');
const forecast: SizeForecast = {
  ...{ hotBytesPerDay: 2000, archiveBytesPerDay: 100_000 },
  hot: { at, events: 20, bytes: 12_000 },
  warm: null,
  archives: { at: null, events: null, bytes: null },
  ...{ hotBudget: null, archiveBudget: null },
};

test('T4: what a tier is going to hold, from when on, in the day of the reader', () => {
  expect(sayHot(forecast, 'UTC')).toBe('about 20 events, 12.0 kB, from 28 Nov 2026 on');
  expect(sayHot(forecast, 'Europe/Berlin')).toContain('from 29 Nov 2026 on');
  expect(sayHot({ ...forecast, hot: { at, events: 1, bytes: null } }, 'UTC')).toBe(
    'about 1 event, from 28 Nov 2026 on',
  );
  expect(sayHot({ ...forecast, hot: { at, events: 0, bytes: null } }, 'UTC')).toBe(
    'hardly anything, from 28 Nov 2026 on',
  );
});

test('T4: archives that are kept for good say how much more they become', () => {
  expect(sayArchives(forecast, 'UTC')).toBe('everything, for good: 36.5 MB more each year');
  expect(sayArchives({ ...forecast, archiveBytesPerDay: null }, 'UTC')).toBe('everything, for good');
  expect(sayArchives({ ...forecast, archives: forecast.hot }, 'UTC')).toContain('about 20 events');
  expect(sayArchives({ ...forecast, archives: null }, 'UTC')).toBe('nothing more is archived');
});

test('T4: sizes to be warned of, where any are set', () => {
  expect(sayWarnings(forecast, 'UTC')).toBeNull();
  const hotBudget = { budget: 1_000_000, bytes: 10, state: 'at', at } as const;
  const archiveBudget = { budget: 2_000_000, bytes: 10, state: 'never', at: null } as const;
  expect(sayWarnings({ ...forecast, hotBudget, archiveBudget }, 'UTC')).toBe(
    '1.0 MB of the hot tier: on 28 Nov 2026; 2.0 MB of the archives: never, at this rate',
  );
});

test('L4: what a change comes to in the end, and whether events are gone for good earlier', () => {
  expect(sayOutcome(DEFAULT_POLICY, { ...DEFAULT_POLICY, hotDays: 20 })).toEqual({
    words:
      'Once all of it holds, events stay in the database for 20 days, then in daily archives until day 365, then in monthly ones for good.',
    isShorter: false,
  });
  expect(sayOutcome(DEFAULT_POLICY, { ...DEFAULT_POLICY, archive: false })).toEqual({
    words:
      'Once all of it holds, events stay in the database for 90 days and are then gone for good: archiving is off.',
    isShorter: true,
  });
  expect(sayOutcome(DEFAULT_POLICY, { ...DEFAULT_POLICY, coldDays: 400 }).isShorter).toBe(true);
  expect(sayOutcome({ ...DEFAULT_POLICY, archive: false }, DEFAULT_POLICY).isShorter).toBe(false);
});
