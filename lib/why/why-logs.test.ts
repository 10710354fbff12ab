import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { applyLogRetention } from '@/lib/logs/apply-log-retention';
import { LogWorld } from '@/lib/logs/testing/log-world';
import { CloudWatchTestServer } from '@/lib/platform/log-store/testing/cloudwatch-test-server';
import { whyLogs } from './why-logs';

let database: TestDatabase;
let server: CloudWatchTestServer;
beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), CloudWatchTestServer.start()]);
});
afterAll(() => Promise.all([database.close(), server.stop()]));

test('B1, E13: why a log group keeps its events, now, then and later', async () => {
  const world = await LogWorld.open(database, server);
  const { challengeId, s } = world;
  const host = world.as(world.hosts[0]);
  const admin = world.as(world.admin);
  world.addGroup();
  expect((await whyLogs(host, { challengeId })).sentences).toEqual([
    'The hosts have not consented, so the logs are kept.',
  ]);
  await giveConsent(host, { challengeId, channel: 'api' });
  await applyLogRetention(world.job, { challengeId });
  const applied = await whyLogs(host, { challengeId, environment: 'production' });
  expect(applied.explanation.decision).toMatchObject({ outcome: 'keep-for', announced: true });
  expect(applied.sentences[0]).toMatch(
    /^Each event is kept \d+ days, so that none that is there goes before /,
  );
  expect(applied.sentences.at(-1)).toMatch(/^How it stands: Each event is kept/);
  expect(applied.group.appliedDays).toBe(world.group.retentionDays);

  s.clock.set(world.day(10));
  await placeHold(admin, { target: { challengeId }, matter: 'Case 7', reason: 'r' });
  expect((await whyLogs(host, { challengeId })).explanation.decision).toMatchObject({
    outcome: 'none',
    why: 'held',
  });
  const before = await whyLogs(host, { challengeId, at: world.day(-5).toISOString() });
  expect(before.explanation).toMatchObject({
    tense: 'past',
    decision: { outcome: 'keep-for', announced: true },
  });
  expect(before.caveats).toHaveLength(2);
  const earlier = await whyLogs(host, { challengeId, at: world.day(-11).toISOString() });
  expect(earlier.explanation.decision).toMatchObject({ why: 'no-consent' });
  expect((await whyLogs(host, { challengeId, at: '2030-01-01' })).sentences[0]).toBe(
    'For 1 January 2030: A hold is in place on the challenge or on something in it, so its logs are kept.',
  );
});

test('B1: now is one moment, however late the clock goes on; of an environment nobody told of, nothing is promised', async () => {
  const world = await LogWorld.open(database, server);
  const { challengeId } = world;
  const host = world.as(world.hosts[0]);
  await giveConsent(host, { challengeId, channel: 'api' });
  let reading = world.s.clock.now().getTime();
  const ticking = { ...host, clock: { now: () => new Date(reading++) } };
  expect((await whyLogs(ticking, { challengeId })).explanation.tense).toBe('present');
  const unknown = await whyLogs(host, { challengeId, environment: 'nowhere' });
  expect(unknown.group).toMatchObject({ state: 'none', checkedAt: null });
  expect(unknown.sentences.at(-1)).toBe(
    'How it stands: Lapse was never told of workers in this environment, so it sets nothing there.',
  );
});

test('who may not see the challenge is told that it is not there; nonsense is refused', async () => {
  const world = await LogWorld.open(database, server);
  const { challengeId } = world;
  await expect(whyLogs(world.as(await world.s.person()), { challengeId })).rejects.toMatchObject({
    code: 'not_found',
  });
  for (const wrong of [{ at: 'soon' }, { environment: '../x' }, { environment: '' }]) {
    await expect(whyLogs(world.as(world.admin), { challengeId, ...wrong })).rejects.toMatchObject({
      code: 'invalid',
    });
  }
});
