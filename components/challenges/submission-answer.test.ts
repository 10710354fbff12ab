import { describe, expect, test } from 'vitest';
import { submissionAnswer } from './submission-answer';

const SCHEDULED: Parameters<typeof submissionAnswer>[0] = {
  state: 'scheduled',
  reason: 'not-announced',
  files: { present: 2, deleting: 0, failed: 0, deleted: 0 },
  bytes: 2000,
  filesOfUnknownSize: 0,
  deletedAt: null,
  policyApplied: null,
};
const date = new Date('2026-12-05T00:00:00Z');

describe('B1: what heads the page of a submission', () => {
  test('L2: a date of which the hosts were not told is not promised without the notice', () => {
    expect(submissionAnswer(SCHEDULED, { date, needsNotice: true }, 'UTC')).toBe(
      '2 files, 2.0 kB, may be deleted from 5 December 2026 on, once the hosts were sent a notice.',
    );
    expect(submissionAnswer(SCHEDULED, { date, needsNotice: false }, 'UTC')).toBe(
      '2 files, 2.0 kB, may be deleted from 5 December 2026 on.',
    );
  });

  test('a file of which nobody said the size is not left out in silence', () => {
    expect(submissionAnswer({ ...SCHEDULED, filesOfUnknownSize: 1 }, null, 'UTC')).toContain(
      '2 files, 2.0 kB and 1 of unknown size, stay',
    );
  });

  test('without an earliest date it says why the files stay', () => {
    const held = { ...SCHEDULED, state: 'held' as const, reason: 'held' as const };
    expect(submissionAnswer(held, null, 'UTC')).toBe('2 files, 2.0 kB, stay: a hold is in place.');
  });
});
