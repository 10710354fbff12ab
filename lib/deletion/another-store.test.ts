import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { beginCleanup } from './begin-cleanup';
import { beginRetries } from './begin-scheduled-cleanup';
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
