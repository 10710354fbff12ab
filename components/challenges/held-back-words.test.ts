import { describe, expect, it, test } from 'vitest';
import { KEPT_BY, type KeptBy } from '@/lib/deletion/kept-by';
import { becauseOf, inOneSentence, titleOf, whatWouldChange } from './held-back-words';

const NOTHING_FAILED = { noticeFailed: false };

describe('B1: what keeps a submission, in words', () => {
  test.each(KEPT_BY)('%s has a title, a reason and what would change it', (keptBy) => {
    expect(titleOf(keptBy)).toMatch(/^[A-Z][\w ’]+$/);
    expect(becauseOf(keptBy)).toMatch(/^[a-z0-9].*[a-z]$/);
    expect(whatWouldChange(keptBy, NOTHING_FAILED)).toMatch(/^[A-Z].*\.$/);
  });

  it('tells no two apart by the same title', () => {
    expect(new Set(KEPT_BY.map(titleOf)).size).toBe(KEPT_BY.length);
  });

  it('says that a notice failed, where it is the notice that is missing', () => {
    expect(whatWouldChange('not-announced', { noticeFailed: true })).toContain('could not be sent');
    expect(whatWouldChange('held', { noticeFailed: true })).toBe(whatWouldChange('held', NOTHING_FAILED));
  });
});

describe('the sentence', () => {
  const say = (...counts: [KeptBy, number][]) =>
    inOneSentence({
      submissions: counts.reduce((sum, [, count]) => sum + count, 0),
      groups: counts.map(([keptBy, submissions]) => ({
        keptBy,
        submissions,
        files: 1,
        bytes: 1,
        filesOfUnknownSize: 0,
        filesThatStay: 0,
        passesFrom: null,
        passesUntil: null,
      })),
    });

  test.each([
    [say(['held', 1200]), '1,200 submissions have files left, and nothing of them goes now.'],
    [say(['held', 1]), '1 submission has files left, and nothing of it goes now.'],
    [say(['retention-period-over', 2]), '2 submissions have files left, and nothing holds them back.'],
    [
      say(['held', 1], ['retention-period-over', 2]),
      '3 submissions have files left: 1 is held back, and 2 go with the next cleanup.',
    ],
    [
      say(['held', 2], ['no-consent', 3], ['retention-period-over', 1]),
      '6 submissions have files left: 5 are held back, and 1 goes with the next cleanup.',
    ],
  ])('%s', (said, expected) => expect(said).toBe(expected));
});
