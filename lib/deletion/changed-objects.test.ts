import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCounts } from './counts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW } from './testing/cleanup-world';
import { beforeDelete, failure, refusing, WrappedStorage } from './testing/wrapped-storage';

/* L6, E11: what somebody puts in the place of an object after the store was asked about it is not what was approved. */

const HOUR_MS = 60 * 60 * 1000;

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

const keysOf = (challenge: Awaited<ReturnType<CleanupWorld['challenge']>>) =>
  challenge.submissions.flatMap(({ artifacts }) => artifacts.map((one) => one.storageKey));

const overwrite = (key: string, text = 'other text') => world.storage.put(key, Buffer.from(text));

const artifact = (key: string) =>
  world.rows(`select state, attempts, last_error, claimed_by_run, size_bytes::int as size
    from artifacts where storage_key = '${key}'`);

const present = { state: 'present', attempts: 0, last_error: null, claimed_by_run: null };

async function expectShrunk(key: string, size: number | null = 10, items = 1): Promise<void> {
  const row = { ...present, size };
  expect(await artifact(key)).toEqual(Array.from({ length: items }, () => row));
  expect(await world.objects()).toContain(key);
  expect(await world.receiptKeys()).not.toContain(key);
  const outcome = `select outcome, outcome_reason as reason from plan_items item join plans on plans.id = item.plan_id
    where storage_key = '${key}' order by plans.created_at desc limit ${items}`;
  expect(await world.rows(outcome)).toEqual(
    Array.from({ length: items }, () => ({ outcome: 'shrunk', reason: 'changed-since-plan' })),
  );
}

test('an object of the same size that comes between claim and deletion stays, without a receipt', async () => {
  const [key = '', ...others] = keysOf(await world.challenge());
  const { run } = await world.cleanUp(beforeDelete(world.storage, () => overwrite(key)));
  expect(run.state).toBe('succeeded');
  expect(readCounts(run.counts)).toMatchObject({
    deleted: 3,
    shrunk: 1,
    failed: 0,
    bytes: 30,
    submissionsDeleted: 1,
  });
  await expectShrunk(key);
  expect(await world.receiptKeys()).toEqual([...others].sort());
  const [event] = await world.rows(
    `select new_value from audit_events where action = 'artifacts.delete' order by id desc limit 1`,
  );
  expect(event?.new_value).toMatchObject({ deleted: 3, shrunk: 1, failed: 0 });

  // The next plan names the object that is there now, and its receipt has that object's version.
  const versions = await world.storage.stat([key]);
  await world.cleanUp();
  expect(await world.rows(`select etag from receipts where storage_key = '${key}'`)).toEqual([
    { etag: (versions.get(key) as { etag: string }).etag },
  ]);
});

test('an object of another size stays where the plan had none, and the size is known from then on', async () => {
  const [key = ''] = keysOf(
    await world.challenge({ submissions: [{ artifacts: [{ sizeBytes: null, objectBytes: 10 }, {}] }] }),
  );
  const { run } = await world.cleanUp(beforeDelete(world.storage, () => overwrite(key, 'much longer text')));
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, shrunk: 1, submissionsDeleted: 0 });
  await expectShrunk(key, 16);
});

test('an object that comes where there was none stays', async () => {
  const [key = ''] = keysOf(
    await world.challenge({ submissions: [{ artifacts: [{ objectBytes: null }, {}] }] }),
  );
  const { run } = await world.cleanUp(beforeDelete(world.storage, () => overwrite(key)));
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, alreadyAbsent: 0, shrunk: 1 });
  await expectShrunk(key);
});

test('E10: an object that comes in the place of one that failed before is not retried in its stead', async () => {
  const challenge = await world.challenge({ submissions: 1 });
  const [key = ''] = keysOf(challenge);
  await world.cleanUp(refusing(world.storage, (one) => one === key));
  expect(await artifact(key)).toMatchObject([{ state: 'failed', attempts: 1 }]);
  world.clock.set(new Date(NOW.getTime() + HOUR_MS));
  // Absent when it is looked at, so that its deletion is only made sure; then somebody uploads it.
  await world.storage.delete([key]);
  await world.cleanUp(beforeDelete(world.storage, () => overwrite(key)));
  await expectShrunk(key);
});

test('a shared object stays for all that refer to it, and counts once', async () => {
  const shared = { objectKey: 'shared/data.zip' };
  await world.challenge({ submissions: [{ artifacts: [shared] }, { artifacts: [shared] }] });
  const key = 'media/shared/data.zip';
  const { run } = await world.cleanUp(beforeDelete(world.storage, () => overwrite(key)));
  expect(readCounts(run.counts)).toMatchObject({ deleted: 0, shrunk: 1, submissionsDeleted: 0 });
  await expectShrunk(key, 10, 2);
});

test('L9: an object that comes after a crash stays when the claim is settled', async () => {
  const [key = ''] = keysOf(await world.challenge());
  const jobRunId = await world.request(await world.preview());
  const dying = new WrappedStorage(world.storage, { delete: () => Promise.reject(new Error('crash')) });
  await expect(runCleanupToEnd(world.job(dying), { jobRunId })).rejects.toThrow('crash');
  await overwrite(key);
  const run = await runCleanupToEnd(world.job(), { jobRunId });
  expect(run.state).toBe('succeeded');
  expect(readCounts(run.counts)).toMatchObject({ deleted: 3, shrunk: 1, failed: 0 });
  await expectShrunk(key);
});

test('E10: no answer to the deletion, and another object is there afterwards: it stays', async () => {
  const [key = ''] = keysOf(await world.challenge({ submissions: 1 }));
  const silent = new WrappedStorage(world.storage, {
    delete: async (keys, real, seen) => {
      await overwrite(key);
      const rest = await real.delete(
        keys.filter((one) => one !== key),
        seen,
      );
      return [...rest, failure(key, 'unreachable')];
    },
  });
  const { run } = await world.cleanUp(silent);
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, shrunk: 1, failed: 0 });
  await expectShrunk(key);
});

test('what was counted as failed and turns out to be another object is counted as that', async () => {
  const [key = ''] = keysOf(await world.challenge({ submissions: 1 }));
  let asked = false;
  const silent = new WrappedStorage(world.storage, {
    stat: async (keys, real) => {
      const stats = await real.stat(keys);
      if (asked && stats.has(key)) stats.set(key, failure(key, 'unreachable'));
      return stats;
    },
    delete: async (keys, real, seen) => {
      asked = true;
      const rest = await real.delete(
        keys.filter((one) => one !== key),
        seen,
      );
      return [...rest, failure(key, 'unreachable')];
    },
  });
  const { run } = await world.cleanUp(silent);
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, shrunk: 0, failed: 1 });
  await overwrite(key);
  await world.cleanUp();
  const [after] = await world.rows(`select counts from job_runs where id = '${run.id}'`);
  expect(after?.counts).toMatchObject({ deleted: 1, shrunk: 1, failed: 0 });
});
