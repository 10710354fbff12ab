import { describe, expect, it } from 'vitest';
import { growthOf, type SealedDay } from './growth';

const days = (...events: number[]): SealedDay[] =>
  events.map((count, index) => ({ day: `day ${index}`, events: count, bytes: count * 500 }));
const times = (count: number, ...events: number[]) => Array.from({ length: count }, () => events).flat();

describe('growthOf', () => {
  it('T4: says nothing before three whole days', () => {
    expect(growthOf(days())).toBeNull();
    expect(growthOf(days(100, 100))).toBeNull();
    expect(growthOf(days(100, 100, 100))).toEqual({ eventsPerDay: 100, basis: 'days', days: 3 });
  });

  it('T4: is not moved by one day on which a million events were imported', () => {
    expect(growthOf(days(100, 1_000_000, 120, 110))?.eventsPerDay).toBe(115);
    expect(growthOf(days(...times(20, 100), 1_000_000, ...times(14, 100)))?.eventsPerDay).toBe(100);
  });

  it('T4: has the weekends in it, and what comes once a week', () => {
    expect(growthOf(days(...times(3, 70, 0, 0, 0, 0, 0, 0)))).toEqual({
      eventsPerDay: 10,
      basis: 'weeks',
      days: 21,
    });
  });

  it('T4: follows a change within three of the last five weeks', () => {
    expect(growthOf(days(...times(365, 10), ...times(21, 500)))).toEqual({
      eventsPerDay: 500,
      basis: 'weeks',
      days: 35,
    });
  });

  it('T4: of a log in which nothing happens says 0, and not that it does not know', () => {
    expect(growthOf(days(...times(30, 0)))?.eventsPerDay).toBe(0);
  });
});
