import { expect, test } from 'vitest';
import { readTranscriptFilters, toTranscriptInput } from './transcript-filters';

test('the address of the list says what is shown', () => {
  const filters = readTranscriptFilters({
    reason: 'held',
    whose: 'nobody',
    sharing: 'yes',
    failing: 'yes',
    q: ' standup ',
    after: 'x',
  });
  expect(filters.isFiltered).toBe(true);
  expect(toTranscriptInput(filters)).toEqual({
    limit: 50,
    reason: 'held',
    owned: false,
    sharing: true,
    failing: true,
    words: 'standup',
    cursor: 'x',
  });
});

test('why one that is due is held back stands in the same place of the address', () => {
  const filters = readTranscriptFilters({ reason: 'other-bucket' });
  expect(filters.isFiltered).toBe(true);
  expect(toTranscriptInput(filters)).toEqual({ limit: 50, heldBack: 'other-bucket' });
});

test('what cannot be is as good as none', () => {
  const filters = readTranscriptFilters({
    reason: 'toString',
    whose: 'mine',
    sharing: 'no',
    q: '\0',
  });
  expect(filters.isFiltered).toBe(false);
  expect(toTranscriptInput(filters)).toEqual({ limit: 50 });
});
