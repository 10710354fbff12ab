import { expect, test } from 'vitest';
import { goneAnswer, listAnswer, transcriptAnswer } from './transcript-answer';

const standing = { reason: 'due', heldBack: null, mayGoFrom: null, files: { failed: 0 } } as const;
const say = (given: Partial<Parameters<typeof transcriptAnswer>[0]>) =>
  transcriptAnswer({ ...standing, ...given }, 'UTC');

test('R4: a transcript that no run takes is not said to go', () => {
  expect(say({})).toMatch(/^It is due: .* the next run of the cleanup deletes it/);
  expect(say({ heldBack: 'other-bucket' })).toBe(
    'It stays as a whole, though its period is over: a file of it lies in a bucket that Lapse is not set up with.',
  );
  expect(say({ heldBack: 'retry-later', files: { failed: 2 } })).toBe(
    'It stays as a whole, though its period is over: 2 files could not be deleted and are tried again.',
  );
  expect(say({ reason: 'held', files: { failed: 1 } })).toMatch(
    /a hold keeps it .* 1 file could not be deleted and is tried again; until then all its rows stay\.$/,
  );
});

test('the list says for which reason it shows what', () => {
  expect(listAnswer(undefined, undefined)).toMatch(/^Every transcript/);
  expect(listAnswer('held', undefined)).toMatch(/^Under a hold: /);
  expect(listAnswer(undefined, 'other-bucket')).toMatch(/^Due, with a file in another bucket: /);
});

test('R4: what is gone without a file has no receipt, and that is said', () => {
  const run = { id: 'r', endedAt: new Date('2026-11-21T03:00:10Z') };
  expect(goneAnswer({ id: 't', receipts: [], total: 0, run }, 'UTC')).toBe(
    'It was deleted on 21 Nov 2026, 03:00 UTC. It had no file, so there is no receipt.',
  );
});
