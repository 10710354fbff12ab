import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { challenges } from '@/db/schema/challenges';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { loadJobRun } from '@/lib/jobs/job-run';
import type { Actor, UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { FolderLogStore } from '@/lib/platform/log-store/folder-log-store';
import type { LogStore } from '@/lib/platform/log-store/log-store';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { applyAllLogRetention } from './apply-all-log-retention';
import { applyLogRetention } from './apply-log-retention';
import { expireLogs } from './expire-logs';
import { readLogCase } from './log-case';
import { requestLogRetention } from './request-log-retention';

let database: TestDatabase;
let s: Scenario;
let root: string;
let store: FolderLogStore;
let host: UserActor;
let admin: UserActor;
// Each test has all challenges to itself, since the job goes through all of them.
beforeEach(async () => {
  database = await createTestDatabase();
  await database.sql`select ensure_audit_partitions('2028-01-01Z', '2028-03-01Z', 'month')`;
  s = scenario(database);
  root = await mkdtemp(path.join(os.tmpdir(), 'lapse-expire-'));
  store = new FolderLogStore({ root, environment: 'production' });
  host = await s.person();
  admin = await s.person({ role: 'admin' });
});
afterEach(async () => {
  await database.close();
  await rm(root, { recursive: true, force: true });
});

const as = (actor: Actor): Context => ({ ...s.as(actor), logs: store });
const job = () => as({ type: 'system', job: 'apply-log-retention' });
const day = (offset: number) => addDays(s.clock.now(), offset);
const groupOf = (challengeId: number) => path.join(root, `challenge-pk-${challengeId}-production-workers`);
const filesOf = async (challengeId: number) =>
  (await readdir(groupOf(challengeId))).filter((name) => name.endsWith('.log')).sort();

/** A challenge that ended 40 days ago, with a log file for each of the last `days` days. */
async function withLogs(days: number, values: Partial<typeof challenges.$inferInsert> = {}): Promise<number> {
  const { id } = await s.challenge([host], { endDate: day(-40), ...values });
  await mkdir(groupOf(id), { recursive: true });
  for (let age = 0; age < days; age += 1) {
    const file = path.join(groupOf(id), `worker-${String(age).padStart(3, '0')}.log`);
    await writeFile(file, `${day(-age).toISOString()} evaluated submission ${age}\n`);
    await utimes(file, day(-age), day(-age));
  }
  return id;
}

const give = (challengeId: number) => giveConsent(as(host), { challengeId, channel: 'api' });
const withdraw = (challengeId: number) => withdrawConsent(as(host), { challengeId, channel: 'api' });
const runLater = async (days: number) => {
  s.clock.set(day(days));
  return (await applyAllLogRetention(job())).done;
};

const untilBlocked = () =>
  expect
    .poll(async () => (await s.sql`select from pg_locks where not granted`).length, { interval: 10 })
    .toBeGreaterThan(0);

describe('E13: logs in a folder really expire', () => {
  test('L2: nothing for 14 days after the hosts were told, then whatever is older than the retention', async () => {
    const id = await withLogs(50);
    await give(id);
    // The oldest is 49 days old and is kept for 14 more days and an hour: 64 days, so 90.
    expect((await applyAllLogRetention(job())).done).toMatchObject({ groups: 1, set: 1, filesExpired: 0 });
    expect(await runLater(14)).toMatchObject({ filesExpired: 0 });
    expect(await filesOf(id)).toHaveLength(50);
    // 42 days after the first look the oldest is 91 days old, the next one 90, which is not older than 90.
    expect(await runLater(28)).toMatchObject({ filesExpired: 1, failed: 0 });
    expect(await filesOf(id)).toHaveLength(49);
    expect(await runLater(10)).toMatchObject({ filesExpired: 10 });
    const events = await s.db.select().from(auditEvents).where(eq(auditEvents.action, 'logs.expire'));
    expect(events.map(({ newValue }) => newValue)).toMatchObject([
      { files: 1 },
      { files: 10, retentionDays: 90 },
    ]);
    expect(events.every(({ result, target }) => result === 'success' && target === `challenge:${id}`)).toBe(
      true,
    );
    expect(await runLater(0)).toMatchObject({ filesExpired: 0 });
  });

  test.each([
    ['L1: consent is withdrawn', (id: number) => withdraw(id)],
    [
      'L3: a hold is placed',
      (id: number) =>
        placeHold(as(admin), { target: { challengeId: id }, matter: 'Case 7', reason: 'asked' }),
    ],
    [
      'E6: the challenge is disabled',
      (id: number) => s.db.update(challenges).set({ disabled: true }).where(eq(challenges.id, id)),
    ],
  ])('%s: nothing goes, before and after the policy is gone', async (_name, keep) => {
    const id = await withLogs(50);
    await give(id);
    await applyAllLogRetention(job());
    s.clock.set(day(60));
    const stale = await readLogCase(s.db, id, 'production');
    await keep(id);
    // With what was read before the decision, as a run that is under way would have it.
    expect(await expireLogs(job(), stale)).toMatchObject({ files: 0 });
    expect(await runLater(0)).toMatchObject({ removed: 1, filesExpired: 0 });
    expect(await runLater(365)).toMatchObject({ filesExpired: 0 });
    expect(await filesOf(id)).toHaveLength(50);
    expect(await store.describeGroup(path.basename(groupOf(id)))).toMatchObject({ retentionDays: null });
  });

  test('L7: a withdrawal waits for the turn that is under way, and the next turn removes nothing', async () => {
    const id = await withLogs(150);
    await give(id);
    await applyAllLogRetention(job());
    s.clock.set(day(400));
    const case_ = await readLogCase(s.db, id, 'production');
    let withdrawn: Promise<unknown> = Promise.resolve();
    let turns = 0;
    const slow: LogStore = {
      kind: 'folder',
      environment: 'production',
      localExpiry: {
        count: store.localExpiry.count,
        expire: async (...args) => {
          turns += 1;
          withdrawn = withdraw(id);
          await untilBlocked();
          return store.localExpiry.expire(...args);
        },
      },
      describe: () => store.describe(),
      describeGroup: (name) => store.describeGroup(name),
      listGroups: (prefix) => store.listGroups(prefix),
      setRetention: (name, days) => store.setRetention(name, days),
      removeRetention: (name) => store.removeRetention(name),
      close: () => store.close(),
    };
    const done = await expireLogs({ ...job(), logs: slow }, case_);
    await withdrawn;
    expect(turns).toBe(1);
    expect(done).toMatchObject({ files: 100 });
    expect(await filesOf(id)).toHaveLength(50);
  });

  test('a policy that somebody else has put there is not carried out', async () => {
    const id = await withLogs(50);
    await give(id);
    await applyAllLogRetention(job());
    const case_ = await readLogCase(s.db, id, 'production');
    await store.setRetention(case_.name, 365);
    s.clock.set(day(100));
    expect(await expireLogs(job(), case_)).toMatchObject({ files: 0 });
    expect(await filesOf(id)).toHaveLength(50);
  });

  test('L4: when the end has moved, nothing goes that is to stay longer now', async () => {
    const id = await withLogs(50);
    await give(id);
    await applyAllLogRetention(job());
    s.clock.set(day(60));
    const case_ = await readLogCase(s.db, id, 'production');
    await s.db
      .update(challenges)
      .set({ endDate: day(300) })
      .where(eq(challenges.id, id));
    expect(await expireLogs(job(), case_)).toMatchObject({ files: 0 });
    expect(await runLater(0)).toMatchObject({ set: 1, filesExpired: 0 });
    expect(await filesOf(id)).toHaveLength(50);
  });
});

describe('the job', () => {
  test('goes through all that may need it, in steps, and says what it did', async () => {
    const ids = [await withLogs(5), await withLogs(5), await withLogs(5)];
    const undecided = await withLogs(5);
    for (const id of ids) await give(id);
    const { id: missing } = await s.challenge([host], { endDate: day(10) });
    await give(missing);

    const run = await requestLogRetention(as(admin));
    let progress = await applyAllLogRetention(job(), { jobRunId: run.id, forMs: 0 });
    expect(progress).toMatchObject({
      done: { set: 1 },
      after: { challengeId: ids[0], environment: 'production' },
    });
    let steps = 1;
    for (; progress.after !== null; steps += 1) {
      progress = await applyAllLogRetention(job(), { jobRunId: run.id, from: progress, forMs: 0 });
    }
    expect(steps).toBe(5);
    expect(progress.done).toMatchObject({ groups: 4, set: 3, pending: 1, failed: 0 });
    expect(await loadJobRun(s.db, run.id)).toMatchObject({
      state: 'succeeded',
      summary: '4 log groups looked at: 3 set, 0 taken back. 1 group not there yet.',
      counts: { set: 3 },
    });
    expect(await store.describeGroup(path.basename(groupOf(undecided)))).toMatchObject({
      retentionDays: null,
    });
  });

  test('E13: finds a group that was missing, what failed, and what an import has changed', async () => {
    const missing = await withLogs(0);
    await rm(groupOf(missing), { recursive: true });
    const failing = await withLogs(5);
    const disabled = await withLogs(5);
    for (const id of [missing, failing, disabled]) await give(id);
    await mkdir(path.join(groupOf(failing), '.retention.json'));
    expect((await applyAllLogRetention(job())).done).toMatchObject({ set: 1, pending: 1, failed: 1 });

    await mkdir(groupOf(missing));
    await rm(path.join(groupOf(failing), '.retention.json'), { recursive: true });
    await s.db.update(challenges).set({ disabled: true }).where(eq(challenges.id, disabled));
    s.clock.set(new Date(s.clock.now().getTime() + 3_600_000));
    expect((await applyAllLogRetention(job())).done).toMatchObject({
      set: 2,
      removed: 1,
      pending: 0,
      failed: 0,
    });
  });

  test('E13: reads many groups a page at a time, each once', async () => {
    const { id } = await s.challenge([host], { endDate: day(10) });
    await s.sql`insert into log_groups (challenge_id, environment, name, state)
      select ${id}::int, 'env-' || n, 'challenge-pk-' || ${id}::int || '-env-' || n || '-workers', 'pending' from generate_series(1, 501) n`;
    const { done, after } = await applyAllLogRetention(job());
    expect(done).toMatchObject({ pending: 501, failed: 0 });
    expect(after).toBeNull();
  });

  test('one group that fails does not stop the others, and the run is partial', async () => {
    const failing = await withLogs(2);
    const fine = await withLogs(2);
    for (const id of [failing, fine]) await give(id);
    await mkdir(path.join(groupOf(failing), '.retention.json'));
    const run = await requestLogRetention(as(admin));
    await applyAllLogRetention(job(), { jobRunId: run.id });
    expect(await loadJobRun(s.db, run.id)).toMatchObject({
      state: 'partial',
      summary: expect.stringContaining('1 group failed and is tried again.'),
    });
  });

  test('L8: hosts and auditors may neither run it nor ask for it', async () => {
    const auditor = await s.person({ role: 'auditor' });
    for (const actor of [host, auditor]) {
      await expect(applyAllLogRetention(as(actor))).rejects.toMatchObject({ code: 'forbidden' });
      await expect(requestLogRetention(as(actor))).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('a host who tries to set one by himself is refused', async () => {
    const id = await withLogs(2);
    await expect(applyLogRetention(as(host), { challengeId: id })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
