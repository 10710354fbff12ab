import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatShare } from './format';
import { formatDuration, formatInstantBoth, formatInstantParts, formatRelative } from './format-time';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [2_100_000_000, '2.1 GB'],
    [9_007_199_254_740_991, '9.0 PB'],
    [12n, '12 B'],
    [null, 'unknown'],
  ])('writes %s as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('counts and shares', () => {
  it('uses the singular for one thing only', () => {
    expect(formatCount(1, 'submission')).toBe('1 submission');
    expect(formatCount(0, 'submission')).toBe('0 submissions');
    expect(formatCount(2100, 'policy', 'policies')).toBe('2,100 policies');
  });

  it('never rounds something to nothing, nor a part to the whole', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(formatShare)).toEqual(['0%', '<1%', '50%', '99%', '100%']);
  });
});

describe('times (L10)', () => {
  const at = (text: string) => new Date(text);

  it('shows the person’s zone with UTC beside it', () => {
    expect(formatInstantBoth(at('2026-12-01T02:00:00Z'), 'Europe/Berlin')).toBe(
      '1 Dec 2026, 03:00 CET (02:00 UTC)',
    );
    expect(formatInstantBoth(at('2026-12-01T02:00:00Z'), 'UTC')).toBe('1 Dec 2026, 02:00 UTC');
  });

  it('gives the two parts by themselves, and one where the zone is UTC', () => {
    const instant = at('2026-12-01T02:00:00Z');
    expect(formatInstantParts(instant, 'Europe/Berlin')).toEqual(['1 Dec 2026, 03:00 CET', '(02:00 UTC)']);
    expect(formatInstantParts(instant, 'UTC')).toEqual(['1 Dec 2026, 02:00 UTC']);
  });

  it('names the day of UTC when it is another one', () => {
    expect(formatInstantBoth(at('2026-12-01T02:00:00Z'), 'America/New_York')).toBe(
      '30 Nov 2026, 21:00 GMT-5 (1 Dec 2026, 02:00 UTC)',
    );
  });

  it.each([
    ['2026-11-20T12:00:00Z', 'just now'],
    ['2026-11-20T12:00:30Z', 'in under a minute'],
    ['2026-11-20T11:01:00Z', '59 minutes ago'],
    ['2026-11-20T14:59:00Z', 'in 2 hours'],
    ['2026-11-21T12:00:00Z', 'in 1 day'],
    ['2026-11-06T12:00:00Z', '14 days ago'],
    ['2026-09-21T12:00:00Z', '2 months ago'],
    ['2027-01-19T12:00:00Z', 'in 2 months'],
    ['2027-05-20T12:00:00Z', 'in 6 months'],
    ['2028-11-20T12:00:00Z', 'in 2 years'],
    ['2023-11-20T11:00:00Z', '3 years ago'],
  ])('says %s as %s', (instant, words) => {
    expect(formatRelative(at(instant), at('2026-11-20T12:00:00Z'))).toBe(words);
  });

  it.each([
    [0, '0.0 s'],
    [420, '0.4 s'],
    [9_960, '10 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('writes a duration of %s ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
