import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { ensurePartitions, markTimeouts } from './maintain';
import { audited } from './record';

let database: TestDatabase;
let s: Scenario;
let ctx: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  s = scenario(database);
  ctx = s.as({ type: 'system', job: 'maintain-audit-log' });
});

const openEvents = (count: number, startedAt: string) =>
  s.sql`insert into audit_events (id, time_started, action, actor, actor_details)
    select gen_random_uuid(), ${startedAt}::timestamptz + number * interval '1 microsecond', 'job.run', 'system:j', '{}'
    from generate_series(0, ${count - 1}) number`;
const countOf = async (result: string | null) => {
  const [row] =
    await s.sql`select count(*)::int as number from audit_events where result is not distinct from ${result}::audit_result`;
  return row?.number;
};

test('O2: marks what is incomplete and older than 4 hours, oldest first, 1,000 a run', async () => {
  await openEvents(1200, '2026-11-21T04:00:00Z');
  // Exactly 4 hours old is not older.
  await openEvents(1, '2026-11-21T05:00:00Z');
  expect(await markTimeouts(ctx)).toBe(1000);
  const [oldest] = await s.sql`select min(time_started) as at from audit_events where result is null`;
  expect(oldest?.at).toBe('2026-11-21 04:00:00.001+00');
  expect(await markTimeouts(ctx)).toBe(200);
  expect(await markTimeouts(ctx)).toBe(0);
  expect(await countOf(null)).toBe(1);
  expect(await countOf('timeout')).toBe(1200);
  s.clock.set('2026-11-21T09:00:00.001Z');
  expect(await markTimeouts(ctx)).toBe(1);
});

test('O2: runs at once mark each event once', async () => {
  await openEvents(1500, '2026-11-21T03:00:00Z');
  const marked = await Promise.all([markTimeouts(ctx), markTimeouts(ctx)]);
  expect(marked[0]! + marked[1]! + (await markTimeouts(ctx))).toBe(1500);
});

test('O2: a completion after the timeout changes nothing, and does not fail the operation', async () => {
  const before = await countOf('timeout');
  const result = await audited(ctx, { action: 'job.run', target: 'job:slow' }, async () => {
    s.clock.set('2026-11-21T14:00:00Z');
    expect(await markTimeouts(ctx)).toBe(1);
    return 'late';
  });
  expect(result).toBe('late');
  expect(await countOf('timeout')).toBe((before ?? 0) + 1);
  const rows = await s.sql`select result from audit_events where target = 'job:slow'`;
  expect(rows).toMatchObject([{ result: 'timeout' }]);
});

test('a late completion inside the transaction of the work does not fail it either', async () => {
  await audited(ctx, { action: 'job.run', target: 'job:slower' }, async (event) => {
    s.clock.set('2026-11-21T20:00:00Z');
    await markTimeouts(ctx);
    await s.db.transaction((tx) => event.succeed(tx));
  });
  const rows = await s.sql`select result from audit_events where target = 'job:slower'`;
  expect(rows).toMatchObject([{ result: 'timeout' }]);
});

test('partitions for the coming weeks exist, and are made once, also by two at a time', async () => {
  s.clock.set('2029-06-15T12:00:00Z');
  const made = await Promise.all(
    [ensurePartitions(ctx), ensurePartitions(ctx)].map((each) => each.catch(() => 0)),
  );
  expect(Math.max(...made)).toBeGreaterThan(0);
  expect(await ensurePartitions(ctx)).toBe(0);
  await openEvents(1, '2029-08-10T11:59:59.999999Z');
  await openEvents(1, '2029-06-24T23:59:59.999999Z');
  const [row] = await s.sql`select count(*)::int as number from audit_events_2029_06_18`;
  expect(row?.number).toBe(1);
});
