import { expect, it } from 'vitest';
import { startOfDay, startOfNextDay } from './zoned-day';

it.each([
  ['2026-11-21', 'UTC', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21', 'Europe/Berlin', '2026-11-20T23:00:00.000Z'],
  ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
  ['2026-11-21', 'America/New_York', '2026-11-21T05:00:00.000Z'],
  ['2026-11-21', 'Asia/Kathmandu', '2026-11-20T18:15:00.000Z'],
  ['2026-11-21', 'Pacific/Kiritimati', '2026-11-20T10:00:00.000Z'],
  // The day on which the clocks change, and the day after it.
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
  // No clock in Cairo shows midnight on this day: it begins at 01:00.
  ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
])('L10: %s begins in %s at %s', (day, zone, instant) => {
  expect(startOfDay(day, zone)?.toISOString()).toBe(instant);
});

it('L10: a day ends where the next begins, 23 or 25 hours long when the clocks change', () => {
  const hours = (day: string) =>
    (Number(startOfNextDay(day, 'Europe/Berlin')) - Number(startOfDay(day, 'Europe/Berlin'))) / 3_600_000;
  expect(['2026-03-29', '2026-10-25', '2026-12-31'].map(hours)).toEqual([23, 25, 24]);
});

it.each(['', '2026-02-31', '21.11.2026', '2026-11-21T00:00:00Z', '2026-1-1'])('%j is no day', (text) => {
  expect(startOfDay(text, 'UTC')).toBeNull();
  expect(startOfNextDay(text, 'UTC')).toBeNull();
});
