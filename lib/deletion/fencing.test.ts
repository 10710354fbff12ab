import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginCleanup } from './begin-cleanup';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW } from './testing/cleanup-world';
import { expectOneStory } from './testing/one-story';
import { WrappedStorage } from './testing/wrapped-storage';

let world: CleanupWorld;
let jobRunId: string;
beforeEach(async () => {
  world = await CleanupWorld.open();
  await world.set('cleanup.takeover-seconds', 60);
  await world.challenge({ submissions: 3 });
  jobRunId = await world.request(await world.preview());
  await beginCleanup(world.job(), { jobRunId });
});
afterEach(() => world.close());

const states = async () =>
  (await world.rows('select distinct state from artifacts order by state')).map(({ state }) => state);
const passSeconds = (seconds: number) =>
  world.clock.set(new Date(world.clock.now().getTime() + seconds * 1000));

test('L7, L9: what was cut off at the store is not given back while it may still delete', async () => {
  let deleted = 0;
  const cutOff = new WrappedStorage(world.storage, {
    delete: async (keys, real, seen) => {
      await world.cutRunLocks();
      // Another process takes the run over while this request is still on its way.
      const other = runCleanupBatch(world.job(), { jobRunId });
      await expect(other).resolves.toEqual({ done: false });
      expect(await states()).toEqual(['deleting']);
      const results = await real.delete(keys, seen);
      deleted += results.filter(({ outcome }) => outcome === 'deleted').length;
      return results;
    },
  });
  await runCleanupBatch(world.job(cutOff), { jobRunId });
  expect(deleted).toBe(6);
  expect(await world.receiptKeys()).toHaveLength(6);
  await runCleanupToEnd(world.job(), { jobRunId });
  await expectOneStory(world);
}, 30_000);

test('L7: after that time it is given back, and whoever was cut off deletes no more', async () => {
  const asked: string[] = [];
  const slow = new WrappedStorage(world.storage, {
    delete: async (keys, real, seen, signal) => {
      await world.cutRunLocks();
      // Until the loss is noticed.
      if (!signal!.aborted) {
        await new Promise((resolve) => signal!.addEventListener('abort', resolve, { once: true }));
      }
      passSeconds(61);
      await runCleanupBatch(world.job(withoutDeletion()), { jobRunId }).catch(() => {});
      const results = await real.delete(keys, seen, signal);
      asked.push(...results.filter(({ outcome }) => outcome !== 'failed').map(({ key }) => key));
      return results;
    },
  });
  await runCleanupBatch(world.job(slow), { jobRunId });
  expect(asked).toEqual([]);
  expect(await world.objects()).toHaveLength(6);
  passSeconds(61);
  await runCleanupToEnd(world.job(), { jobRunId });
  expect(await world.receiptKeys()).toHaveLength(6);
  await expectOneStory(world);
}, 30_000);

/** Claims like any other, and dies before it deletes anything. */
const withoutDeletion = () =>
  new WrappedStorage(world.storage, { delete: () => Promise.reject(new Error('the process died here')) });

test('L9: who settles late leaves alone what the same run has claimed again', async () => {
  const late = new WrappedStorage(world.storage, {
    delete: async (keys) => {
      // Given back and claimed again, by a process that dies then: the claims are not the ones of this batch any more.
      await world.cutRunLocks();
      passSeconds(61);
      await runCleanupBatch(world.job(withoutDeletion()), { jobRunId }).catch(() => {});
      return keys.map((key) => ({
        key,
        outcome: 'failed' as const,
        kind: 'forbidden' as const,
        error: 'too late',
        retryable: false,
      }));
    },
  });
  await runCleanupBatch(world.job(late), { jobRunId });
  expect(await world.rows("select 1 from artifacts where state = 'failed' or attempts > 0")).toEqual([]);
  expect(await states()).toEqual(['deleting']);
  const [claims] = await world.rows('select count(distinct claim_id)::int as ids from artifacts');
  expect(claims).toEqual({ ids: 1 });
  passSeconds(61);
  await runCleanupToEnd(world.job(), { jobRunId });
  await expectOneStory(world);
  expect(NOW < world.clock.now()).toBe(true);
}, 30_000);
