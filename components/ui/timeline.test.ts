import { expect, it } from 'vitest';
import { withToday } from './timeline';

const now = new Date('2026-11-20T12:00:00Z');
const point = (id: string, at: string | null) => ({ id, label: id, at: at === null ? null : new Date(at) });
const order = (...points: ReturnType<typeof point>[]) => withToday(points, now).map((entry) => entry.id);

it('puts points in the order of their dates with today among them, and undated ones last', () => {
  expect(
    order(
      point('deletion', null),
      point('eligible', '2026-12-01T00:00:00Z'),
      point('phase-end', '2026-11-01T00:00:00Z'),
      point('notice', '2026-11-16T00:00:00Z'),
    ),
  ).toEqual(['phase-end', 'notice', 'today', 'eligible', 'deletion']);
});

it('puts today after everything that has happened, this very instant included', () => {
  expect(order(point('a', '2026-11-20T12:00:00Z'))).toEqual(['a', 'today']);
  expect(order()).toEqual(['today']);
});
