import { expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor';

const id = '0199d6b0-0000-7000-8000-000000000000';

it('O6: gives back a place with its microseconds', () => {
  const place = { at: '2026-11-21T09:00:00.123456Z', id };
  expect(decodeCursor(encodeCursor(place))).toEqual(place);
});

it.each([
  '2026-11-21T09:00:00.123Z',
  '2026-02-31T09:00:00.123456Z',
  '0000-01-01T00:00:00.000000Z',
  'yesterday',
])('refuses the time %s, before Postgres does', (at) => {
  expect(() => decodeCursor(encodeCursor({ at, id }))).toThrow('begin at the first one');
});
