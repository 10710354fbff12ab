import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LapseError } from '@/lib/platform/errors';
import { nextAttempt } from './backoff';
import { beginCleanup } from './begin-cleanup';
import { beginRetries } from './begin-scheduled-cleanup';
import { readCounts } from './counts';
import { finishCleanup } from './finish-cleanup';
import { listPlanItems } from './list-plan-items';
import { loadRun } from './list-runs';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { stopCleanup } from './stop-cleanup';
import { CleanupWorld, NOW } from './testing/cleanup-world';
import { failure, refusing, WrappedStorage } from './testing/wrapped-storage';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

const HOUR_MS = 3_600_000;

test('E10: one failing object leaves its submission partial, is visible, and is retried alone, with backoff', async () => {
  const challenge = await world.challenge({ submissions: 2 });
  const [bad, good] = challenge.submissions[0]!.artifacts;
  const refuses = refusing(world.storage, (key) => key === bad!.storageKey);

  const { run, plan } = await world.cleanUp(refuses);
  expect(run).toMatchObject({
    state: 'partial',
    summary: expect.stringContaining('1 file could not be deleted'),
  });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 3, failed: 1, submissionsDeleted: 1, bytes: 30 });
  expect(await world.objects()).toEqual([bad!.storageKey]);
  const failed =
    await world.rows(`select state, attempts, last_error, receipt_id, next_attempt_at::text as next
    from artifacts where id = ${bad!.id}`);
  expect(failed).toMatchObject([
    { state: 'failed', attempts: 1, last_error: 'forbidden: pretended', receipt_id: null },
  ]);
  const wait = new Date(String(failed[0]!.next)).getTime() - NOW.getTime();
  expect(wait).toBeGreaterThanOrEqual(2.5 * 60_000);
  expect(wait).toBeLessThanOrEqual(5 * 60_000);
  expect(await world.states()).toMatchObject({ [good!.id]: 'deleted' });
  expect((await listPlanItems(world.admin, { planId: plan.id, show: 'failed' })).items).toMatchObject([
    { artifactId: bad!.id, outcome: 'failed' },
  ]);

  const tooEarly = await world.preview();
  expect(tooEarly).toMatchObject({ files: 0, heldBackSubmissions: 1 });
  expect((await listPlanItems(world.admin, { planId: tooEarly.id })).items).toMatchObject([
    { artifactId: bad!.id, reason: 'retry-later' },
  ]);

  world.clock.set(new Date(NOW.getTime() + HOUR_MS));
  expect(await world.preview()).toMatchObject({ files: 1, submissions: 1 });
  expect((await world.cleanUp(refuses)).run.state).toBe('partial');
  expect(await world.rows(`select attempts from artifacts where id = ${bad!.id}`)).toEqual([{ attempts: 2 }]);

  world.clock.set(new Date(NOW.getTime() + 2 * HOUR_MS));
  expect((await world.cleanUp()).run.state).toBe('succeeded');
  expect(await world.rows('select 1 from submissions where not is_artifact_deleted')).toEqual([]);
  expect(
    await world.rows('select 1 from artifacts where last_error is not null or receipt_id is null'),
  ).toEqual([]);
  expect(await world.receiptKeys()).toHaveLength(4);
});

test('E10: between the scheduled runs only what failed is tried again, and only when its pause is over', async () => {
  const challenge = await world.challenge({ submissions: 1 });
  const bad = challenge.submissions[0]!.artifacts[0]!.storageKey;
  await world.cleanUp(refusing(world.storage, (key) => key === bad));
  await world.challenge();
  const retry = () => beginRetries(world.job(), { tick: world.clock.now().toISOString() });
  expect(await retry()).toEqual({ jobRunId: null });

  world.clock.set(new Date(NOW.getTime() + HOUR_MS));
  const { jobRunId } = await retry();
  expect(await retry()).toEqual({ jobRunId });
  const run = await runCleanupToEnd(world.job(), { jobRunId: jobRunId! });
  expect(run).toMatchObject({ state: 'succeeded', summary: '1 file (10 B) deleted.' });
  expect(await world.objects()).toHaveLength(4);
  expect(await world.rows('select 1 from submissions where is_artifact_deleted')).toHaveLength(1);
});

test('E10: what failed and may not go any more makes no run, hour after hour', async () => {
  const challenge = await world.challenge({ submissions: 1 });
  const bad = challenge.submissions[0]!.artifacts[0]!.storageKey;
  await world.cleanUp(refusing(world.storage, (key) => key === bad));
  await world.hold(challenge.id);

  world.clock.set(new Date(NOW.getTime() + HOUR_MS));
  const runs = await world.rows('select id from job_runs');
  expect(await beginRetries(world.job(), { tick: world.clock.now().toISOString() })).toEqual({
    jobRunId: null,
  });
  expect(await world.rows('select id from job_runs')).toEqual(runs);
});

test('the items of previews that nobody ran go within the hour after they expire, whether there is a run or not', async () => {
  await world.challenge();
  const plan = await world.preview();
  const count = async () => (await world.rows('select 1 from plan_items')).length;
  expect(await count()).toBe(4);
  const retry = () => beginRetries(world.job(), { tick: world.clock.now().toISOString() });
  await retry();
  expect(await count()).toBe(4);
  world.clock.set(new Date(plan.expiresAt.getTime() + HOUR_MS));
  expect(await retry()).toEqual({ jobRunId: null });
  expect(await count()).toBe(0);
  expect(await world.rows('select state, files from plans')).toEqual([{ state: 'expired', files: 4 }]);
});

test('E10: the pauses double up to a day and are never alike', () => {
  const minutes = (attempts: number, random: number) =>
    (nextAttempt(NOW, attempts, () => random).getTime() - NOW.getTime()) / 60_000;
  expect([1, 2, 3, 4].map((attempts) => minutes(attempts, 1))).toEqual([5, 10, 20, 40]);
  expect([1, 2, 3, 4].map((attempts) => minutes(attempts, 0))).toEqual([2.5, 5, 10, 20]);
  expect(minutes(10, 1)).toBe(24 * 60);
  expect(minutes(100_000, 0)).toBe(12 * 60);
});

test('E10: an object that is absent already counts as deleted, and its receipt says so', async () => {
  await world.challenge({ submissions: [{ artifacts: [{ sizeBytes: 5, objectBytes: null }, {}] }] });
  const { run } = await world.cleanUp();
  expect(run.state).toBe('succeeded');
  expect(readCounts(run.counts)).toMatchObject({
    deleted: 1,
    alreadyAbsent: 1,
    bytes: 10,
    submissionsDeleted: 1,
  });
  const receipts = await world.rows('select outcome, size_bytes, etag from receipts order by outcome');
  expect(receipts).toEqual([
    { outcome: 'deleted', size_bytes: '10', etag: expect.any(String) },
    { outcome: 'already-absent', size_bytes: null, etag: null },
  ]);
});

test('a store that does not answer for a key says nothing about it: nothing is tried, and it is retried', async () => {
  const challenge = await world.challenge({ submissions: 1 });
  const key = challenge.submissions[0]!.artifacts[0]!.storageKey;
  const asked: string[] = [];
  const storage = new WrappedStorage(world.storage, {
    stat: async (keys, real) => {
      const stats = await real.stat(keys);
      return stats.has(key) ? stats.set(key, failure(key, 'busy')) : stats;
    },
    delete: (keys, real) => {
      asked.push(...keys);
      return real.delete(keys);
    },
  });
  const { run } = await world.cleanUp(storage);
  expect(run.state).toBe('partial');
  expect(asked).not.toContain(key);
  expect(await world.rows(`select state, last_error from artifacts where storage_key = '${key}'`)).toEqual([
    { state: 'failed', last_error: 'busy: pretended' },
  ]);
});

test('L9: an object that is still there after its deletion is not reported as deleted', async () => {
  await world.challenge({ submissions: 1 });
  const storage = new WrappedStorage(world.storage, {
    delete: async (keys) => keys.map((key) => ({ key, outcome: 'deleted', remains: null })),
  });
  const { run } = await world.cleanUp(storage);
  expect(readCounts(run.counts)).toMatchObject({ deleted: 0, failed: 2 });
  expect(await world.receiptKeys()).toEqual([]);
  expect(await world.rows('select distinct state, last_error from artifacts')).toEqual([
    { state: 'failed', last_error: 'the file is still there after its deletion' },
  ]);
});

describe('a store that is down', () => {
  const down = new LapseError('unavailable', 'The disk is not mounted.');
  const fail = () => Promise.reject(down);

  test('before the commit point ends the run and touches nothing', async () => {
    await world.challenge();
    const { run } = await world.cleanUp(new WrappedStorage(world.storage, { stat: fail, check: fail }));
    expect(run).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('The disk is not mounted.'),
    });
    expect(await world.rows('select distinct state, attempts from artifacts')).toEqual([
      { state: 'present', attempts: 0 },
    ]);
    expect((await world.cleanUp()).run.state).toBe('succeeded');
  });

  test('after the commit point ends the run; what is unknown stays claimed until the store says', async () => {
    await world.challenge({ submissions: 1 });
    let isDown = false;
    const storage = new WrappedStorage(world.storage, {
      stat: (keys, real) => (isDown ? fail() : real.stat(keys)),
      delete: async (keys, real) => {
        await real.delete(keys.slice(0, 1));
        isDown = true;
        return fail();
      },
      check: fail,
    });
    const { run } = await world.cleanUp(storage);
    expect(run.state).toBe('failed');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 0, failed: 0 });
    expect(await world.receiptKeys()).toEqual([]);
    expect(await world.rows('select distinct state from artifacts')).toEqual([{ state: 'deleting' }]);

    world.clock.set(new Date(NOW.getTime() + HOUR_MS));
    const next = await world.cleanUp();
    expect(next.run.state).toBe('succeeded');
    const receipts = await world.rows(
      'select run_id, outcome from receipts order by deleted_at, storage_key',
    );
    expect(receipts.map((receipt) => receipt.outcome)).toEqual(['deleted', 'deleted']);
    expect(new Set(receipts.map((receipt) => receipt.run_id))).toEqual(new Set([run.id, next.run.id]));
    expect(await world.rows('select 1 from submissions where is_artifact_deleted')).toHaveLength(1);
    const counts = readCounts((await loadRun(world.admin, { jobRunId: run.id })).run.counts);
    expect(counts).toMatchObject({ deleted: 1, failed: 0 });
  });

  test('as a whole puts the claims back when nothing can have been done', async () => {
    await world.challenge({ submissions: 1 });
    let isDown = false;
    const missing = (keys: readonly string[]) => keys.map((key) => failure(key, 'store-missing'));
    const storage = new WrappedStorage(world.storage, {
      stat: (keys, real) =>
        isDown ? Promise.resolve(new Map(missing(keys).map((one) => [one.key, one]))) : real.stat(keys),
      delete: async (keys) => {
        isDown = true;
        return missing(keys);
      },
      check: fail,
    });
    expect((await world.cleanUp(storage)).run.state).toBe('failed');
    expect(await world.rows('select distinct state, attempts, claimed_by_run from artifacts')).toEqual([
      { state: 'present', attempts: 0, claimed_by_run: null },
    ]);
  });

  test('for the verification only leaves the truth to the next look', async () => {
    await world.challenge({ submissions: 1 });
    let deleted = false;
    let looks = 0;
    const storage = new WrappedStorage(world.storage, {
      stat: async (keys, real) => {
        if (!deleted || ++looks > 1) return real.stat(keys);
        return new Map(keys.map((key) => [key, failure(key, 'unreachable')]));
      },
      delete: (keys, real) => {
        deleted = true;
        return real.delete(keys);
      },
    });
    const { run } = await world.cleanUp(storage);
    expect(run.state).toBe('succeeded');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 2, failed: 0, submissionsDeleted: 1 });
    expect(await world.rows('select distinct outcome from receipts')).toEqual([{ outcome: 'deleted' }]);
  });

  test('for the verification for ever ends as a failure of those objects, and their claims stay', async () => {
    await world.challenge({ submissions: 1 });
    let deleted = false;
    const storage = new WrappedStorage(world.storage, {
      stat: async (keys, real) =>
        deleted ? new Map(keys.map((key) => [key, failure(key, 'unreachable')])) : real.stat(keys),
      delete: (keys, real) => {
        deleted = true;
        return real.delete(keys);
      },
    });
    const { run } = await world.cleanUp(storage);
    expect(run.state).toBe('partial');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 0, failed: 2 });
    // The next run finds out, and the figures of the first become what they should have been.
    await world.cleanUp();
    expect(await world.receiptKeys()).toHaveLength(2);
    const counts = readCounts((await loadRun(world.admin, { jobRunId: run.id })).run.counts);
    expect(counts).toMatchObject({ deleted: 2, failed: 0 });
  });
});

describe('E12: the run stops itself', () => {
  test('when too many objects fail, after it has recorded what it did', async () => {
    await world.set('cleanup.batch-size', 10);
    await world.challenge({ submissions: 30 });
    let number = 0;
    const { run } = await world.cleanUp(refusing(world.storage, () => number++ % 5 === 0));
    expect(run).toMatchObject({
      state: 'stopped',
      summary: 'Stopped itself. 4 files of 20 could not be deleted; the setting allows 10%.',
    });
    expect(readCounts(run.counts)).toMatchObject({ deleted: 16, failed: 4 });
    expect(await world.receiptKeys()).toHaveLength(16);
    expect(await world.objects()).toHaveLength(44);
    expect(await world.rows("select 1 from artifacts where state = 'deleting'")).toEqual([]);
  });

  test('not before 20 objects were tried, and not at the limit itself', async () => {
    await world.set('cleanup.batch-size', 10);
    await world.challenge({ submissions: 10 });
    let number = 0;
    const { run } = await world.cleanUp(refusing(world.storage, () => number++ < 2));
    expect(run.state).toBe('partial');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 18, failed: 2 });
  });

  test('before the first deletion, when it would take too much of one challenge', async () => {
    await world.set('cleanup.max-challenge-share-percent', 50);
    const challenge = await world.challenge({
      title: 'Birds',
      submissions: [{}, {}, { status: 'running' }],
    });
    const { run } = await world.cleanUp();
    expect(run).toMatchObject({
      state: 'stopped',
      summary: `Nothing was deleted. It stopped itself. It would delete 4 of the 6 files of challenge ${challenge.id} (Birds); the setting allows 50% of a challenge in one run.`,
    });
    expect(await world.objects()).toHaveLength(6);
    await world.set('cleanup.max-challenge-share-percent', 67);
    expect((await world.cleanUp()).run.state).toBe('succeeded');
  });
});

describe('a run that is asked to stop', () => {
  test('stops before its next batch, and says what it did', async () => {
    await world.set('cleanup.batch-size', 2);
    await world.challenge({ submissions: 3 });
    const jobRunId = await world.request(await world.preview());
    await beginCleanup(world.job(), { jobRunId });
    await runCleanupBatch(world.job(), { jobRunId });
    await expect(finishCleanup(world.job(), { jobRunId })).rejects.toThrow(/work left/);
    await stopCleanup(world.admin, { jobRunId, reason: 'a host called' });
    expect(await runCleanupBatch(world.job(), { jobRunId })).toEqual({ done: true });
    await finishCleanup(world.job(), { jobRunId });
    const { run, progress } = await loadRun(world.admin, { jobRunId });
    expect(run).toMatchObject({ state: 'stopped', summary: 'It was stopped. 2 files (20 B) deleted.' });
    expect(progress).toBeCloseTo(1 / 3);
    expect(await world.objects()).toHaveLength(4);
    await expect(stopCleanup(world.admin, { jobRunId })).rejects.toMatchObject({ code: 'conflict' });
    expect(
      await world.rows(
        "select result, reason from audit_events where action = 'cleanup.stop' order by time_started, id",
      ),
    ).toEqual([
      { result: 'success', reason: 'a host called' },
      { result: 'error', reason: null },
    ]);
  });

  test('before it began deletes nothing', async () => {
    await world.challenge();
    const jobRunId = await world.request(await world.preview());
    await stopCleanup(world.admin, { jobRunId });
    expect(await runCleanupToEnd(world.job(), { jobRunId })).toMatchObject({ state: 'stopped' });
    expect(await world.objects()).toHaveLength(4);
  });

  test('by somebody who may not goes on', async () => {
    await world.challenge();
    const jobRunId = await world.request(await world.preview());
    const auditor = world.context(world.person('auditor', 1));
    await expect(stopCleanup(auditor, { jobRunId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(runCleanupBatch(auditor, { jobRunId })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await runCleanupToEnd(world.job(), { jobRunId })).state).toBe('succeeded');
  });
});
