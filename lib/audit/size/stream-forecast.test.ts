import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredLimits } from '@/db/schema/audit-archive';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { SealedDay } from './growth';
import { forecastStream, streamForecasts } from './stream-forecast';

const NOW = new Date('2026-11-21T09:00:00Z');
const limits: StoredLimits = {
  retentionPeriodMs: 168 * 3_600_000,
  maxEntries: 1000,
  maxSizeBytes: 819_200,
  cleanupIntervalMs: 3_600_000,
  cleanupBatchSize: 100,
  emergencyThresholdPercent: 90,
};
const days = (events: number, bytes: number): SealedDay[] =>
  Array.from({ length: 5 }, (_, day) => ({ day: `day ${day}`, events, bytes }));

describe('forecastStream', () => {
  it.each([
    [
      'the number of events',
      { events: 800, bytes: 80_000 },
      days(100, 10_000),
      'entries',
      '2026-11-23T09:00:00Z',
    ],
    ['their bytes', { events: 100, bytes: 719_200 }, days(100, 100_000), 'bytes', '2026-11-22T09:00:00Z'],
    [
      'now what is exceeded',
      { events: 1200, bytes: 0 },
      days(100, 10_000),
      'entries',
      '2026-11-21T09:00:00Z',
    ],
    ['their age where that comes first', { events: 100, bytes: 10_000 }, days(20, 2_000), 'age', null],
    ['nothing while nothing comes', { events: 100, bytes: 10_000 }, days(0, 0), null, null],
    [
      'nothing before three whole days',
      { events: 100, bytes: 10_000 },
      days(100, 10_000).slice(3),
      null,
      null,
    ],
  ] as const)('M1, T4: names %s', (_, used, whole, first, at) => {
    expect(forecastStream(NOW, used, limits, whole)).toMatchObject({ first, at: at && new Date(at) });
  });
});

describe('streamForecasts', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('M1, T4: reads the counters of the streams that have limits', async () => {
    const { sql, db } = database;
    expect(await streamForecasts(db, NOW)).toEqual([]);
    await sql`insert into audit_streams (name, created_at, limits, limits_since) values
      ('billing', '2026-11-15T12:00:00Z', ${JSON.stringify(limits)}, now()), ('other', '2026-11-15T12:00:00Z', null, null)`;
    await sql`insert into audit_stream_usage (stream, shard, events, bytes) values ('billing', 0, 300, 30000), ('billing', 1, 400, 40000)`;
    await sql`insert into audit_rollups (day, stream, kind, name, events, bytes)
      select day::date, 'billing', kind, 'x', 100, 10000
      from generate_series('2026-11-15'::date, '2026-11-21', interval '1 day') day, unnest(array['action', 'actor']::audit_rollup_kind[]) kind`;
    expect(await streamForecasts(db, NOW)).toEqual([
      {
        stream: 'billing',
        events: 700,
        bytes: 70_000,
        maxEntries: 1000,
        maxSizeBytes: 819_200,
        eventsPerDay: 100,
        first: 'entries',
        at: new Date('2026-11-24T09:00:00Z'),
      },
    ]);
  });
});
