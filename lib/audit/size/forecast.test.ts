import { describe, expect, it } from 'vitest';
import { type Budgets, forecastSize, type Periods } from './forecast';
import type { Growth } from './growth';
import type { MeasuredTiers, Tier, TierSize } from './measure-tiers';

const NOW = new Date('2026-11-21T09:00:00Z');
const at = (text: string) => new Date(`${text}T09:00:00Z`);
const policy: Periods = { archive: true, hotDays: 30, warmDays: 365, coldDays: null, retentionDays: 90 };
const growth: Growth = { eventsPerDay: 1000, basis: 'weeks', days: 35 };
const none: Budgets = { hotBytes: 0, archiveBytes: 0 };

const tier = (name: Tier, change: Partial<TierSize> = {}): TierSize => ({
  tier: name,
  events: 0,
  isEstimate: false,
  tableBytes: 0,
  indexBytes: 0,
  objectBytes: 0,
  oldest: null,
  newest: null,
  ...change,
});

/** Ten days old: 10,000 events of 2,000 bytes each in the database, and nine days of them archived. */
const measured: MeasuredTiers = {
  tiers: [
    tier('hot', { events: 10_000, tableBytes: 12_000_000, indexBytes: 9_000_000 }),
    tier('warm', { events: 9_000, objectBytes: 900_000 }),
    tier('cold'),
  ],
  events: 10_000,
  since: { hot: at('2026-11-11'), warm: at('2026-11-11'), cold: null },
  emptyBytes: 1_000_000,
  sealBytes: 400_000,
};

const forecast = (budgets: Partial<Budgets>, change: Partial<Periods> = {}, rate: Growth | null = growth) =>
  forecastSize(NOW, measured, rate, { ...policy, ...change }, { ...none, ...budgets });

describe('forecastSize', () => {
  it('T4: says what the hot tier holds once it is as old as its period, with what its partitions take empty', () => {
    expect(forecast({})).toMatchObject({
      hotBytesPerDay: 2_000_000,
      archiveBytesPerDay: 100_000,
      hot: { at: at('2026-12-11'), events: 30_000, bytes: 61_000_000 },
      warm: { at: at('2027-11-11'), events: 365_000, bytes: 36_500_000 },
      archives: { at: null, events: null, bytes: null },
      hotBudget: null,
      archiveBudget: null,
    });
  });

  it('T4: says when a budget is reached', () => {
    expect(forecast({ hotBytes: 31_000_000, archiveBytes: 1_900_000 })).toMatchObject({
      hotBudget: { state: 'at', at: at('2026-11-26'), bytes: 21_000_000 },
      archiveBudget: { state: 'at', at: at('2026-12-01'), bytes: 900_000 },
    });
    expect(forecast({ hotBytes: 21_000_000 })?.hotBudget).toMatchObject({ state: 'reached', at: null });
  });

  it('T4: says that a budget is never reached when as much leaves before that as comes', () => {
    expect(forecast({ hotBytes: 62_000_000 })?.hotBudget).toMatchObject({ state: 'never', at: null });
    expect(forecast({ archiveBytes: 4_000_000 }, { coldDays: 30, warmDays: 20 })?.archiveBudget?.state).toBe(
      'never',
    );
    const still: Growth = { ...growth, eventsPerDay: 0 };
    expect(forecast({ hotBytes: 62_000_000, archiveBytes: 900_001 }, {}, still)).toMatchObject({
      hotBudget: { state: 'never' },
      archiveBudget: { state: 'never' },
    });
  });

  it('T4: without an archive goes by the days that events are kept at all', () => {
    expect(forecast({}, { archive: false })).toMatchObject({
      hot: { at: at('2027-02-09'), events: 90_000 },
      warm: null,
      archives: null,
    });
  });

  it('L4: what is shorter and holds later lets nothing go before its day, and so reaches more', () => {
    const shorter = { ...policy, hotDays: 5, warmDays: 6, coldDays: 7 };
    const budgets = { hotBytes: 30_000_000, archiveBytes: 0 };
    expect(forecastSize(NOW, measured, growth, shorter, budgets)).toMatchObject({
      ...{ hot: { at: NOW, events: 5_000 }, warm: { at: NOW }, archives: { at: NOW, events: 7_000 } },
      hotBudget: { state: 'never' },
    });
    const from = at('2026-11-28');
    const delays = { hot: from, warm: from, archives: from };
    expect(forecastSize(NOW, measured, growth, shorter, budgets, delays)).toMatchObject({
      ...{ hot: { at: from, events: 5_000 }, warm: { at: from }, archives: { at: from, events: 7_000 } },
      hotBudget: { state: 'at' },
    });
    // What is not old enough on that day leaves later, and only then.
    expect(forecastSize(NOW, measured, growth, policy, budgets, delays)?.hot.at).toEqual(at('2026-12-11'));
  });

  it('T4: is honest with little data', () => {
    expect(forecast({ hotBytes: 1_000_000_000 }, {}, null)).toBeNull();
    const few = {
      ...measured,
      tiers: [tier('hot', { events: 999, tableBytes: 1_500_000 }), tier('warm'), tier('cold')],
    } satisfies MeasuredTiers;
    expect(forecastSize(NOW, few, growth, policy, { hotBytes: 9e9, archiveBytes: 9e9 })).toMatchObject({
      hotBytesPerDay: null,
      hot: { events: 30_000, bytes: null },
      hotBudget: { state: 'unknown' },
      archiveBudget: { state: 'unknown' },
    });
  });
});
