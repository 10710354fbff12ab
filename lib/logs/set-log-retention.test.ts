import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { challenges } from '@/db/schema/challenges';
import { overrideChanges } from '@/db/schema/overrides';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { CloudWatchTestServer } from '@/lib/platform/log-store/testing/cloudwatch-test-server';
import { failedLogGroups } from './list-log-groups';
import { setLogRetention } from './set-log-retention';
import { LogWorld } from './testing/log-world';

let database: TestDatabase;
let server: CloudWatchTestServer;
let w: LogWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  server = await CloudWatchTestServer.start();
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  w = await LogWorld.open(database, server);
});
afterEach(() => w.close());

const set = (values: { days?: number; environment?: string; reason?: string } = {}, ctx = w.as(w.admin)) =>
  setLogRetention(ctx, { challengeId: w.challengeId, ...values });
const changes = () =>
  w.s.db.select().from(overrideChanges).where(eq(overrideChanges.challengeId, w.challengeId));

describe('E22: setting the retention of logs by hand', () => {
  test('sets what the rule asks for', async () => {
    w.addGroup();
    await w.give();
    expect(await set()).toMatchObject({ override: null, logs: { state: 'applied', appliedDays: 60 } });
    expect(await w.audit('log-retention.set')).toMatchObject([{ actor: `user:${w.admin.personId}` }]);
  });

  test('L4: more days hold at once; the same days are no change', async () => {
    w.addGroup();
    await w.give();
    const longer = await set({ days: 300, reason: 'a paper' });
    expect(longer).toMatchObject({
      override: { state: 'in-force' },
      logs: { state: 'applied', wantedDays: 330, appliedDays: 365 },
    });
    expect(await set({ days: 300 })).toMatchObject({ override: null, logs: { appliedDays: 365 } });
    expect(await changes()).toHaveLength(1);
  });

  test('L4: fewer days are scheduled, and the logs stay as they are until they hold', async () => {
    w.addGroup();
    await w.give();
    await set({ days: 300 });
    const shorter = await set({ days: 30, reason: 'enough' });
    expect(shorter.override?.state).toMatch(/scheduled|awaiting-approval/);
    expect(shorter.logs).toMatchObject({ appliedDays: 365, changed: null });
    expect(w.group.retentionDays).toBe(365);
  });

  test.each([
    ['without consent', async () => {}, 'not consented'],
    [
      'without an end',
      async () => {
        await w.give();
        await w.s.db.update(challenges).set({ endDate: null }).where(eq(challenges.id, w.challengeId));
      },
      'no end date',
    ],
  ])(
    'L1: %s it is refused, nothing is changed, and the refusal is written down',
    async (_name, arrange, words) => {
      w.addGroup();
      await arrange();
      await expect(set({ days: 90 })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(words),
      });
      expect(await changes()).toHaveLength(0);
      expect(w.group.retentionDays).toBeNull();
      expect(await w.audit('log-retention.set')).toMatchObject([{ result: 'error' }]);
    },
  );

  test('without a log store it is refused', async () => {
    await w.give();
    const off = w.as(w.admin, new OffLogStore('production'));
    await expect(set({ days: 90 }, off)).rejects.toMatchObject({ code: 'conflict' });
    expect(await changes()).toHaveLength(0);
  });

  test('L8: hosts and auditors may not', async () => {
    await w.give();
    const auditor = await w.s.person({ role: 'auditor' });
    for (const actor of [w.hosts[0], auditor, { type: 'anonymous' } as const]) {
      await expect(set({}, w.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await w.audit('log-retention.set')).toHaveLength(3);
  });

  test.each([0, -1, 3654, 1.5, Number.NaN, '30' as unknown as number])(
    'L10: %s days are refused',
    async (days) => {
      await expect(set({ days })).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('3653'),
      });
    },
  );
});

test('the overview tells of what failed in the challenges that one may see', async () => {
  w.addGroup();
  await w.give();
  server.fail({ type: 'error', status: 400, code: 'AccessDeniedException' }, 1, 'PutRetentionPolicy');
  await set();
  const mine = await failedLogGroups(w.as(w.hosts[0]));
  expect(mine).toMatchObject({
    count: 1,
    groups: [{ challengeId: w.challengeId, environment: 'production' }],
  });
  expect(await failedLogGroups(w.as(await w.s.person()))).toEqual({ count: 0, groups: [] });
});
