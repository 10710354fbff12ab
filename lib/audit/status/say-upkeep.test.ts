import { expect, test } from 'vitest';
import { prunedWords, type Upkeep, upkeepWords } from './say-upkeep';

const nothing: Upkeep = {
  ...{ timeouts: 0, partitions: 0, sealed: 0, late: 0 },
  pruned: {
    ...{ isBusy: false, copies: 'archived', cutoff: '2026-10-22T09:00:00.000Z', until: null, error: null },
    ...{ rowsDeleted: 0, maxDeleted: 10_000, partitionsDropped: 0, rowsDropped: 0 },
  },
  limited: { looked: 3, cleaned: [], events: 0, bytes: 0, alarms: [], failed: [] },
  sampled: { isTaken: false, error: null },
};

test('O5: what an activation had not to do is left out', () => {
  expect(upkeepWords(nothing)).toBe('There was nothing to do.');
  expect(upkeepWords({ ...nothing, sealed: 1 })).toBe('1 event sealed.');
  expect(
    upkeepWords({
      ...nothing,
      ...{ timeouts: 2, partitions: 1, sealed: 1234, late: 3 },
      pruned: { ...nothing.pruned, rowsDeleted: 5 },
      sampled: { isTaken: true, error: null },
    }),
  ).toBe(
    '1,234 events sealed, 3 of which came late. 2 events marked as timeout: not completed after 4 hours. 5 archived events that were final before 2026-10-22T09:00:00.000Z left the hot tier. 1 weekly partition made for events to come. The size of the tiers was measured.',
  );
});

test('M5, O5: what could not be done is always said', () => {
  const alarms = [{ stream: 'billing', why: 'It is in no archive yet.' }];
  const words = upkeepWords({
    ...nothing,
    pruned: { ...nothing.pruned, error: 'Two events have no copy.' },
    limited: { ...nothing.limited, alarms },
    sampled: { isTaken: false, error: 'Its size was not measured.' },
  });
  for (const said of ['Two events have no copy.', '“billing” is not within', 'Its size was not measured.']) {
    expect(words).toContain(said);
  }
  expect(prunedWords({ ...nothing.pruned, isBusy: true })).toBe('Another process was pruning.');
  expect(prunedWords({ ...nothing.pruned, cutoff: null })).toBe('Nothing was pruned.');
  expect(prunedWords({ ...nothing.pruned, cutoff: null, notBefore: 'noon' })).toContain('before noon');
});
