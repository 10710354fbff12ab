import { describe, expect, it } from 'vitest';
import { axisEnd, linePath, nearest, places } from './chart-scale';

describe('the scale of charts (T4)', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [11, 20],
    [2_100, 2_500],
    [1_000_000, 1_000_000],
    [640_000_001, 1_000_000_000],
  ])('ends the axis of %s at %s', (value, end) => {
    expect(axisEnd(value)).toBe(end);
  });

  it('places instants by time, and a single one at the end', () => {
    expect(places([10, 15, 30])).toEqual([0, 25, 100]);
    expect(places([10])).toEqual([100]);
    expect(places([])).toEqual([]);
  });

  it('finds the nearest point', () => {
    expect([0, 12, 13, 60, 99].map((share) => nearest([0, 25, 100], share))).toEqual([0, 0, 1, 1, 2]);
  });

  it('draws a line that breaks where nothing is known', () => {
    expect(linePath([0, 50, 75, 100], [10, 5, null, 0], 10)).toBe('M0 0L50 50M100 100');
  });
});
