import { expect, test } from 'vitest';
import {
  auditFilters,
  floorWords,
  namesOwnActor,
  readAuditFilters,
  toListInput,
  windowWords,
} from './audit-filters';

const STREAMS = ['cloudtrail', 'lapse'];
const read = (params: Record<string, string>) => readAuditFilters(params, STREAMS);
const control = (params: Record<string, string>, name: string) =>
  auditFilters(read(params), 'UTC', STREAMS).find((filter) => filter.name === name);

test('B5: the address says which stream and which words, and what cannot be is as good as none', () => {
  const input = toListInput(
    read({ stream: 'cloudtrail', words: 'GetObject pedro', action: 's3:GetObject' }),
    'UTC',
  );
  expect(input).toEqual({
    limit: 50,
    stream: 'cloudtrail',
    words: 'GetObject pedro',
    action: 's3:GetObject',
  });
  expect(read({ stream: 'gone', words: '&|', action: 's3:GetObject' })).toMatchObject({ isFiltered: false });
  expect(read({ stream: 'lapse', action: 's3:GetObject' }).action).toBeUndefined();
  expect(read({ words: 'a\0\ud800b' }).words).toBe('ab');
});

test('our actions are chosen, those of other programs typed', () => {
  expect(control({}, 'action')).toMatchObject({ kind: 'select' });
  expect(control({ stream: 'lapse', action: 'consent.give' }, 'action')).toMatchObject({
    kind: 'select',
    value: 'consent.give',
  });
  expect(control({ stream: 'cloudtrail', action: 'x' }, 'action')).toMatchObject({
    kind: 'search',
    value: 'x',
  });
  expect(control({}, 'stream')).toMatchObject({
    options: [{ label: 'cloudtrail' }, { label: 'Lapse itself' }],
  });
});

test('who is somebody of ours unless another stream is chosen', () => {
  expect(namesOwnActor(read({ actor: 'ada' }))).toBe(true);
  expect(namesOwnActor(read({ actor: 'ada', stream: 'lapse' }))).toBe(true);
  expect(namesOwnActor(read({ actor: 'ada', stream: 'cloudtrail' }))).toBe(false);
  expect(namesOwnActor(read({}))).toBe(false);
});

test('O6: it says from when on there is everything', () => {
  const from = '2026-10-01T00:00:00.000000Z';
  expect(floorWords({ from, streams: [] }, 'UTC')).toBe(
    'Everything since 1 Oct 2026, 00:00 UTC is here. Of what came before, some is gone for good: pruned without a copy, or in archives that have expired.',
  );
  expect(floorWords({ from: null, streams: [{ stream: 'busy', from }] }, 'UTC')).toBe(
    'Some streams are complete from later on: busy since 1 Oct 2026, 00:00 UTC.',
  );
});

test.each(['0000-00-00', '0001-01-01', '9999-12-31', '2026-13-45', '-1'])(
  'O6: %s is no day to filter by',
  (day) => {
    expect(readAuditFilters({ from: day, to: day }, [])).toMatchObject({ from: undefined, to: undefined });
  },
);

test('the window is said in days as people write them', () => {
  const said = (params: Record<string, string>) => windowWords(read(params));
  expect(said({})).toBe('All events, newest first.');
  expect(said({ result: 'error' })).toBe('Matching events, newest first.');
  expect(said({ from: '2026-10-10' })).toBe('Matching events since 10 Oct 2026.');
  expect(said({ to: '2026-10-10' })).toBe('Matching events until 10 Oct 2026.');
  expect(said({ from: '2026-10-10', to: '2026-10-10' })).toBe('Matching events of 10 Oct 2026.');
  expect(said({ from: '2026-10-10', to: '2026-11-01' })).toBe(
    'Matching events from 10 Oct 2026 to 1 Nov 2026.',
  );
});
