import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { beginCleanup } from './begin-cleanup';
import { beginRetries, beginScheduledCleanup } from './begin-scheduled-cleanup';
import { confirmStore } from './confirm-store';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW, type TestStore } from './testing/cleanup-world';
import { WrappedStorage } from './testing/wrapped-storage';

/** A store of another name, as when Lapse is started with the address of another bucket. */
class AnotherStorage extends WrappedStorage {
  override readonly name = 's3://another';
}

let world: CleanupWorld;
let other: TestStore;
beforeAll(async () => {
  world = await CleanupWorld.open();
  other = await createTemporaryStorage();
});
beforeEach(() => world.wipe());
afterAll(async () => {
  await world.close();
  await other.remove();
});

const WHY = 'The plan is not the one that was made: its items or the storage have changed.';
const runs = () => world.rows('select state, summary from job_runs order by created_at, id');
const here = () => world.job();
const elsewhere = () => world.job(new AnotherStorage(other.storage, {}));

/** A run whose process died right after it had claimed everything. */
async function diedAfterItsClaims(): Promise<string> {
  await world.challenge();
  const jobRunId = await world.request(await world.preview());
  await beginCleanup(here(), { jobRunId });
  const dying = new WrappedStorage(world.storage, {
    delete: () => {
      throw new Error('killed');
    },
  });
  await expect(runCleanupBatch(world.job(dying), { jobRunId })).rejects.toThrow('killed');
  expect(Object.values(await world.states())).toEqual(Array(4).fill('deleting'));
  return jobRunId;
}

describe('B2, L9: started again with another store', () => {
  test('a run that is under way deletes nothing there', async () => {
    await world.set('cleanup.batch-size', 1);
    await world.challenge();
    const jobRunId = await world.request(await world.preview());
    await beginCleanup(here(), { jobRunId });
    await runCleanupBatch(here(), { jobRunId });
    const left = await world.objects();
    expect(left).toHaveLength(3);
    for (const key of left) await other.storage.put(key, new Uint8Array(10));

    expect(await runCleanupBatch(elsewhere(), { jobRunId })).toEqual({ done: true });
    expect(await runs()).toEqual([{ state: 'stopped', summary: `Stopped itself. ${WHY}` }]);
    expect([...(await other.storage.stat(left)).values()].map(({ outcome }) => outcome)).toEqual(
      Array(3).fill('present'),
    );
    expect(await world.receiptKeys()).toHaveLength(1);
    await world.set('cleanup.batch-size', 1000);
  });

  test('what it had claimed is not taken for gone because it is not there, and is settled when the store is back', async () => {
    const jobRunId = await diedAfterItsClaims();
    expect(await runCleanupBatch(elsewhere(), { jobRunId })).toEqual({ done: true });
    const retry = await beginRetries(elsewhere(), { tick: NOW.toISOString() });
    await runCleanupToEnd(elsewhere(), { jobRunId: retry.jobRunId ?? '' });
    expect(await world.receiptKeys()).toEqual([]);
    expect(await world.objects()).toHaveLength(4);
    expect(Object.values(await world.states())).toEqual(Array(4).fill('deleting'));

    const tick = new Date(NOW.getTime() + 3_600_000).toISOString();
    const back = await beginRetries(here(), { tick });
    await runCleanupToEnd(here(), { jobRunId: back.jobRunId ?? '' });
    expect(Object.values(await world.states())).toEqual(Array(4).fill('present'));
    expect(await world.objects()).toHaveLength(4);
    expect((await world.cleanUp()).run.state).toBe('succeeded');
    expect(await world.receiptKeys()).toHaveLength(4);
    expect(await world.objects()).toEqual([]);
  });
});

describe('E12, L9: a store of which there is no receipt while there are receipts of another one', () => {
  const scheduled = async (ctx: ReturnType<typeof elsewhere>) => {
    const { jobRunId } = await beginScheduledCleanup(ctx, { tick: world.clock.now().toISOString() });
    return runCleanupToEnd(ctx, { jobRunId });
  };
  const DOUBT =
    'Nothing was deleted. The store is s3://another now, and all that was deleted so far was in folder: is it the right one? ' +
    'If it is, say so with “lapse confirm-store s3://another”.';

  test('lets no run begin, until an admin has said that it is meant', async () => {
    await world.challenge();
    await world.cleanUp();
    const receipts = await world.receiptKeys();
    await world.challenge();
    world.clock.set(new Date(NOW.getTime() + 1000));
    expect(await scheduled(elsewhere())).toMatchObject({ state: 'stopped', summary: DOUBT });
    expect(await world.receiptKeys()).toEqual(receipts);
    expect(await world.objects()).toHaveLength(4);

    const admin = { ...world.admin, storage: elsewhere().storage };
    const moved = { store: 's3://another', reason: 'Moved to another region' };
    for (const key of await world.objects()) await other.storage.put(key, new Uint8Array(10));
    await confirmStore(admin, moved);
    expect(
      await world.rows(
        "select actor like 'user:%' as by_person, reason, new_value from audit_events where target = 'setting:cleanup.confirmed-store'",
      ),
    ).toEqual([{ by_person: true, reason: moved.reason, new_value: { value: moved.store } }]);
    world.clock.set(new Date(NOW.getTime() + 2000));
    expect((await scheduled(elsewhere())).state).toBe('succeeded');
    expect(await world.receiptKeys()).toHaveLength(receipts.length + 4);
    // Both stores have receipts by now.
    await world.challenge();
    expect((await world.cleanUp()).run.state).toBe('succeeded');
  });

  test('only the configured store can be confirmed, by an admin', async () => {
    const args = { store: 's3://typed-wrongly', reason: 'r' };
    await expect(confirmStore(world.admin, args)).rejects.toThrow(
      'The store is folder, and not s3://typed-wrongly. Nothing was confirmed.',
    );
    const auditor = world.context(world.person('auditor', 1));
    await expect(confirmStore(auditor, { store: 'folder', reason: 'r' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('a first store needs no word', async () => {
    await world.challenge();
    expect((await scheduled(elsewhere())).state).toBe('succeeded');
  });
});
