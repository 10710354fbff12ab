import { expect, test } from 'vitest';
import type { HistoryFact } from '@/lib/challenges/history-facts';
import { sayFact } from './history-words';

const HOST = {
  challengeId: 7,
  zone: 'UTC',
  phaseNames: new Map([[3, 'Final']]),
  readsHolds: false,
  readsRuns: false,
};
const STAFF = { ...HOST, readsHolds: true, readsRuns: true };

const cleanup: HistoryFact = { kind: 'cleanup', runId: 'r', files: 1200, failed: 1, setAside: true };
const hold: HistoryFact = {
  kind: 'hold-placed',
  holdId: 'h',
  phaseId: 3,
  phaseName: 'Final',
  submissionId: null,
  matter: 'Case 7',
  reason: 'A court asked.',
};

test('a deletion leads staff to its run, and hosts to what is gone', () => {
  expect(sayFact(cleanup, STAFF)).toMatchObject({
    title: '1,200 files deleted',
    more: [
      '1 file could not be deleted.',
      'So many failed that the rest was set aside, to be tried again later.',
    ],
    link: { href: '/cleanup/runs/r' },
  });
  expect(sayFact(cleanup, HOST).link?.href).toBe('/challenges/7?state=deleted#submissions');
});

test('L3: a hold says what it stands on; what it is about only to those who were told', () => {
  expect(sayFact(hold, STAFF)).toMatchObject({
    title: 'Hold on the phase “Final” placed',
    more: ['Matter: Case 7.'],
    quote: 'A court asked.',
    link: { href: '/holds/h' },
  });
  expect(sayFact({ ...hold, matter: null, reason: null }, HOST)).toMatchObject({
    title: 'Hold on the phase “Final” placed',
    more: [],
    quote: null,
    link: null,
  });
  const onSubmission: HistoryFact = {
    ...hold,
    kind: 'hold-released',
    phaseName: null,
    phaseId: null,
    submissionId: 12,
  };
  expect(sayFact(onSubmission, STAFF).title).toBe('Hold on submission #12 released');
});

test('a phase says what changed of it, and only that', () => {
  const before = { endDate: new Date('2026-09-01T00:00:00Z'), isPublic: true };
  const said = (after: typeof before | null) =>
    sayFact({ kind: 'phase-changed', phaseId: 3, before, after, reason: null }, HOST);
  expect(said({ ...before, isPublic: false })).toMatchObject({
    title: 'Phase “Final” changed',
    more: ['It became private.'],
  });
  expect(said({ ...before, endDate: new Date('2026-10-01T00:00:00Z') }).more).toEqual([
    'Its end was 1 Sept 2026, 00:00 UTC, and is now 1 Oct 2026, 00:00 UTC.',
  ]);
  expect(said(null).more).toEqual([]);
});

test('E16: a notice says how many of the hosts it reached, or that it could not be sent', () => {
  const notice: HistoryFact = {
    kind: 'notice',
    noticeId: 'n',
    state: 'sent',
    recipients: { all: 3, reached: 2 },
    submissions: 1,
    from: new Date('2026-12-01T00:00:00Z'),
  };
  expect(sayFact(notice, HOST)).toMatchObject({
    tone: 'blue',
    title: 'Notice sent to 2 of 3 hosts',
    more: ['It names 1 submission, to go on 1 Dec 2026, 00:00 UTC.'],
  });
  expect(sayFact({ ...notice, state: 'failed' }, HOST)).toMatchObject({
    tone: 'red',
    title: 'Notice could not be sent',
  });
});
