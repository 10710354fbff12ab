import { expect, test } from 'vitest';
import type { Amount, ComingDue } from '@/lib/anonymous/coming-due';
import type { PublishedPolicy } from '@/lib/anonymous/list-policies';
import { sayWaiting } from './policy-words';
import { publicDataAnswer } from './public-data-answer';

const NOW = new Date('2026-11-21T09:00:00Z');
const NEXT = new Date('2026-11-22T03:00:00Z');
const nothing: Amount = {
  ...{ transcripts: 0, recordings: 0, meetings: 0 },
  ...{ files: 0, bytes: 0, filesOfUnknownSize: 0 },
};
const some: Amount = { ...nothing, transcripts: 2, meetings: 1, files: 7, bytes: 1200 };
const policy: PublishedPolicy = {
  ...{ id: 'p', sequence: 2, publicMode: true, retentionDays: 7, recordedBy: 'somebody' },
  ...{ inForceFrom: new Date('2026-11-15T00:00:00Z'), inForceUntil: null },
  coversOldFrom: new Date('2026-11-29T00:00:00Z'),
};

const say = (given: PublishedPolicy | undefined, coming: Partial<ComingDue>, total = 9, isAllHeld = false) =>
  publicDataAnswer(
    {
      ...{ policy: given, total, next: NEXT, isAllHeld },
      coming: {
        now: nothing,
        heldBack: {},
        days: [],
        later: nothing,
        never: {},
        withPolicy: nothing,
        ...coming,
      },
    },
    'UTC',
    NOW,
  );

test('R1: with the mode off nothing goes, and the first words say so', () => {
  expect(say({ ...policy, publicMode: false }, {})).toBe(
    'Nothing is deleted: PUBLIC_MODE is off. All 9 transcripts stay.',
  );
  expect(say(undefined, {}, 0)).toBe(
    'Nothing is deleted: no policy is written down yet, as Lapse does when it starts. No transcript has arrived yet.',
  );
});

test('L3: a hold on everything is said before anything else', () => {
  expect(say(policy, { now: some }, 9, true)).toBe(
    'Nothing is deleted: a hold stands on all anonymous data. All 9 transcripts stay.',
  );
});

test('R4: promises no transcript that no run takes', () => {
  expect(say(policy, { heldBack: { 'other-bucket': 1 } })).toContain(
    'The next run deletes nothing: 1 transcript whose period is over is held back.',
  );
  expect(say(policy, { now: some, heldBack: { 'other-bucket': 1, 'retry-later': 2 } })).toMatch(
    /deletes 2 transcripts and 1 meeting .*\. 3 more transcripts whose period is over are held back\./,
  );
});

test('R2: says what the next run deletes, and what comes after that', () => {
  const days = [
    { day: '2026-11-23', ...some },
    { day: '2026-11-24', ...nothing, transcripts: 3 },
  ];
  expect(say(policy, { now: some, days })).toBe(
    'The next run, in 18 hours, on 22 November 2026 at 03:00 UTC, deletes 2 transcripts and 1 meeting (7 files, 1.2 kB). 2 transcripts and 1 meeting may go from 23 November 2026 on, and 3 more transcripts later.',
  );
  expect(say(policy, {})).toBe('Nothing anonymous is due, and nothing has a date. All 9 transcripts stay.');
});

test('R2: says when a policy takes effect for older data, and how much goes then; no more once it has', () => {
  expect(sayWaiting(policy, some, 'UTC', NOW)).toEqual({
    title: 'The policy takes effect for older data on 29 Nov 2026, 00:00 UTC',
    text: 'It came into force on 15 Nov 2026, 00:00 UTC. What was made before that falls under it when it has been in force, and shown here, for 14 days; time in which Lapse did not run does not count. From that instant on 2 transcripts and 1 meeting (7 files, 1.2 kB) may go.',
  });
  expect(sayWaiting(policy, some, 'UTC', policy.coversOldFrom)).toBeNull();
  expect(sayWaiting({ ...policy, publicMode: false }, some, 'UTC', NOW)).toBeNull();
});
