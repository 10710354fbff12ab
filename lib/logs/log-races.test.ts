import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { markTimeouts } from '@/lib/audit/maintain';
import { placeHold } from '@/lib/holds/place-hold';
import { CloudWatchTestServer } from '@/lib/platform/log-store/testing/cloudwatch-test-server';
import { LogWorld } from './testing/log-world';

let database: TestDatabase;
let server: CloudWatchTestServer;
let w: LogWorld;
let children: ChildProcess[];
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
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await w.close();
});

const hold = () =>
  placeHold(w.as(w.admin), {
    target: { challengeId: w.challengeId },
    matter: 'Case 7',
    reason: 'a court asked',
  });

describe.each([
  ['withdrawal', () => w.withdraw()],
  ['hold', () => hold()],
] as const)('a %s while the logs are brought in line', (_name, keep) => {
  test.each(['DescribeLogGroups', 'DescribeLogStreams', 'PutRetentionPolicy'])(
    'L7: while %s is on its way, wins',
    async (action) => {
      w.addGroup();
      await w.give();
      server.fail({ type: 'meanwhile', act: async () => void (await keep()) }, 1, action);
      expect(await w.apply()).toMatchObject({ state: 'none', appliedDays: null });
      expect(w.group.retentionDays).toBeNull();
      expect(await w.row()).toMatchObject({ appliedDays: null, settingDays: null });
    },
  );

  test('L7: while the mails go, wins, and nothing is ever set', async () => {
    w.addGroup();
    await w.give();
    let mails = 0;
    w.s.mailer.answer = async () => {
      mails += 1;
      if (mails === 1) await keep();
    };
    expect(await w.apply()).toMatchObject({ state: 'none' });
    expect(server.requests).not.toContain('PutRetentionPolicy');
  });

  test('L7: while somebody else sets, ends with nothing set, whoever is first', async () => {
    w.addGroup();
    await w.give();
    server.fail({ type: 'delay', ms: 60 }, 1, 'PutRetentionPolicy');
    const setting = w.apply();
    await expect.poll(() => server.requests, { interval: 5 }).toContain('PutRetentionPolicy');
    await keep();
    // What the event of the decision starts, while the other is still at it.
    const results = await Promise.all([setting, w.apply()]);
    expect(results[1]).toMatchObject({ state: 'none', appliedDays: null });
    expect(w.group.retentionDays).toBeNull();
  });
});

test('L7: consent given again while the old policy is being removed ends with it set, under the new consent', async () => {
  w.addGroup();
  await w.give();
  await w.apply();
  await w.withdraw();
  server.fail({ type: 'meanwhile', act: async () => void (await w.give()) }, 1, 'DeleteRetentionPolicy');
  expect(await w.apply()).toMatchObject({ state: 'applied', appliedDays: 60 });
  expect(w.group.retentionDays).toBe(60);
  expect((await w.notices()).filter(({ state }) => state === 'sent')).toHaveLength(2);
});

test('two at once set once and tell once', async () => {
  w.addGroup();
  await w.give();
  const results = await Promise.all([w.apply(), w.apply(), w.apply()]);
  for (const result of results) expect(result).toMatchObject({ state: 'applied', appliedDays: 60 });
  expect(server.requests.filter((action) => action === 'PutRetentionPolicy')).toHaveLength(1);
  expect(w.s.mailer.sent).toHaveLength(2);
});

describe('L9: a process killed', () => {
  /** Brings the logs in line in a process of its own, and kills it while the service is asked for `action`. */
  async function killedAt(action: string, after: boolean): Promise<void> {
    let arrived = () => {};
    const stuck = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const dead = { resolve: () => {} };
    const ended = new Promise<void>((resolve) => {
      dead.resolve = resolve;
    });
    const act = async () => {
      arrived();
      await ended;
    };
    // Carried out after the process has died, or never: then the service has lost it.
    server.fail({ type: 'meanwhile', act }, 1, action);
    const child = spawn(
      process.execPath,
      [
        'bin/run-typescript.mjs',
        'lib/logs/testing/log-child.ts',
        w.database.url,
        server.endpoint,
        server.accessKeyId,
        server.secretAccessKey,
        w.s.clock.now().toISOString(),
        String(w.challengeId),
      ],
      { stdio: 'ignore' },
    );
    children.push(child);
    const gone = once(child, 'exit');
    await Promise.race([stuck, gone]);
    const before = { ...w.group };
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    dead.resolve();
    // The request that was under way reaches the service all the same; or it does not.
    await expect.poll(() => w.group.retentionDays !== before.retentionDays, { timeout: 1_000 }).toBe(true);
    if (!after) w.group.retentionDays = before.retentionDays;
  }

  test.each([
    ['it was carried out', true],
    ['it was not', false],
  ])(
    'while it sets, and %s: the next one knows what is its own',
    async (_name, after) => {
      w.addGroup();
      await w.give();
      await killedAt('PutRetentionPolicy', after);
      expect(w.group.retentionDays).toBe(after ? 60 : null);
      expect(await w.row()).toMatchObject({ state: 'wanted', appliedDays: null, settingDays: 60 });
      expect(await w.audit('log-retention.set')).toMatchObject([{ result: null }]);
      await w.withdraw();
      expect(await w.apply()).toMatchObject({ state: 'none', changed: after ? 'removed' : null });
      expect(w.group.retentionDays).toBeNull();
      expect(await w.row()).toMatchObject({ settingDays: null });
    },
    30_000,
  );

  test('while it sets: the next one goes on without telling anybody twice, and the event is marked', async () => {
    w.addGroup();
    await w.give();
    await killedAt('PutRetentionPolicy', true);
    expect(await w.apply()).toMatchObject({ state: 'applied', appliedDays: 60, changed: null });
    expect((await w.notices()).map(({ attempts }) => attempts)).toEqual([1]);
    w.s.clock.set(w.day(1));
    await markTimeouts(w.job);
    expect(await w.audit('log-retention.set')).toMatchObject([{ result: 'timeout' }]);
  }, 30_000);

  test('while it takes back: the next one finds it done, or does it', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await w.withdraw();
    await killedAt('DeleteRetentionPolicy', false);
    expect(await w.apply()).toMatchObject({ state: 'none', changed: 'removed', appliedDays: null });
    expect(w.group.retentionDays).toBeNull();
  }, 30_000);
});
