import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { beginScheduledCleanup } from './begin-scheduled-cleanup';
import { readCounts } from './counts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW, type TestStore } from './testing/cleanup-world';

let world: CleanupWorld;
let empty: TestStore;
beforeAll(async () => {
  world = await CleanupWorld.open();
  empty = await createTemporaryStorage();
});
beforeEach(async () => {
  await world.wipe();
  await world.set('cleanup.batch-size', 1000);
  await world.set('cleanup.max-absent-percent', 50);
});
afterAll(async () => {
  await world.close();
  await empty.remove();
});

/** A challenge of so many files in all, the last of which are not in the store. */
function withFiles(files: number, absent = 0) {
  const artifacts = Array.from({ length: files }, (_, index) =>
    index < files - absent ? {} : { objectBytes: null },
  );
  return world.challenge({ submissions: artifacts.map((artifact) => ({ artifacts: [artifact] })) });
}
const untouched = async (files: number) => {
  expect(await world.receiptKeys()).toEqual([]);
  expect(Object.values(await world.states())).toEqual(Array(files).fill('present'));
  expect(await world.rows('select 1 from submissions where is_artifact_deleted')).toEqual([]);
};

describe('E12, L9: files that are not in the store', () => {
  test('a scheduled run over an emptied store stops itself and writes nothing down', async () => {
    await withFiles(40);
    const { jobRunId } = await beginScheduledCleanup(world.job(empty.storage), { tick: NOW.toISOString() });
    const run = await runCleanupToEnd(world.job(empty.storage), { jobRunId });
    expect(run.state).toBe('stopped');
    expect(run.summary).toBe(
      `Stopped itself. 40 of 40 files are not in ${empty.storage.describe()}: is it the right one? ` +
        'The setting “Largest share of absent files” allows 50%.',
    );
    await untouched(40);
    expect(await world.objects()).toHaveLength(40);

    // The right store is back: everything goes as it should have.
    expect((await world.cleanUp()).run).toMatchObject({ state: 'succeeded' });
    expect(await world.objects()).toEqual([]);
  });

  test('the batch that passes the limit deletes nothing either, and batches before it stay as they were told', async () => {
    await withFiles(40, 30);
    await world.set('cleanup.batch-size', 15);
    const { run } = await world.cleanUp();
    // 10 present and 5 absent in the first, 15 absent in the second: 20 of 30.
    expect(run.summary).toContain('20 of 30 files are not in the folder');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 10, alreadyAbsent: 5 });
    expect(await world.receiptKeys()).toHaveLength(15);
    expect(await world.rows("select 1 from artifacts where state = 'deleting'")).toEqual([]);
  });

  test('up to the limit and not beyond it; 100 lets everything pass', async () => {
    await withFiles(40, 20);
    expect((await world.cleanUp()).run.state).toBe('succeeded');
    await world.wipe();
    await withFiles(40, 21);
    expect((await world.cleanUp()).run.state).toBe('stopped');
    await untouched(40);
    await world.set('cleanup.max-absent-percent', 100);
    const { run } = await world.cleanUp();
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(readCounts(run.counts)).toMatchObject({ deleted: 19, alreadyAbsent: 21 });
  });

  test('fewer than 20 say nothing, and files whose deletion failed before are not counted', async () => {
    await withFiles(19, 19);
    expect((await world.cleanUp()).run.state).toBe('succeeded');
    await world.wipe();
    await withFiles(30, 30);
    await world.rows("update artifacts set state = 'failed', attempts = 1, last_error = 'cut off'");
    expect((await world.cleanUp()).run.state).toBe('succeeded');
    expect(await world.receiptKeys()).toHaveLength(30);
  });
});
