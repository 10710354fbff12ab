import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { beginCleanup } from './begin-cleanup';
import { beginRetries, beginScheduledCleanup } from './begin-scheduled-cleanup';
import { readCounts } from './counts';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld } from './testing/cleanup-world';
import { expectOneStory } from './testing/one-story';
import { beforeDelete, WrappedStorage } from './testing/wrapped-storage';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

/** A process that dies at the store, before or after the objects went; the claim is committed, nothing is settled. */
function dying(when: 'before' | 'after' | 'half'): WrappedStorage {
  return new WrappedStorage(world.storage, {
    delete: async (keys, real) => {
      if (when === 'after') await real.delete(keys);
      if (when === 'half') await real.delete(keys.slice(0, Math.ceil(keys.length / 2)));
      throw new Error('the process died here');
    },
  });
}

async function begunAndInterrupted(when: 'before' | 'after' | 'half'): Promise<string> {
  const jobRunId = await world.request(await world.preview());
  await beginCleanup(world.job(), { jobRunId });
  await expect(runCleanupBatch(world.job(dying(when)), { jobRunId })).rejects.toThrow(
    'the process died here',
  );
  expect(await world.rows('select distinct state from artifacts')).toEqual([{ state: 'deleting' }]);
  expect(await world.receiptKeys()).toEqual([]);
  return jobRunId;
}

describe.each(['before', 'half', 'after'] as const)('L9: a crash %s the objects went', (when) => {
  test('and the same run goes on', async () => {
    await world.challenge({ submissions: 3 });
    const jobRunId = await begunAndInterrupted(when);
    const run = await runCleanupToEnd(world.job(), { jobRunId });
    expect(run.state).toBe('succeeded');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 6, alreadyAbsent: 0, failed: 0, bytes: 60 });
    expect(await world.rows('select distinct run_id, outcome, size_bytes from receipts')).toEqual([
      { run_id: jobRunId, outcome: 'deleted', size_bytes: '10' },
    ]);
    await expectOneStory(world);
  });

  test('and another run settles it and goes on', async () => {
    await world.challenge({ submissions: 3 });
    const first = await begunAndInterrupted(when);
    const { run } = await world.cleanUp();
    expect(run.state).toBe('succeeded');
    const runs = await world.rows('select distinct run_id from receipts');
    const expected = { before: [run.id], half: [first, run.id], after: [first] }[when];
    expect(new Set(runs.map((row) => row.run_id))).toEqual(new Set(expected));
    await expectOneStory(world);
  });

  test('L1: and consent was withdrawn meanwhile: what is left stays', async () => {
    const challenge = await world.challenge({ submissions: 3 });
    const jobRunId = await begunAndInterrupted(when);
    await world.withdraw(challenge.id);
    const run = await runCleanupToEnd(world.job(), { jobRunId });
    const gone = { before: 0, half: 3, after: 6 }[when];
    expect(readCounts(run.counts)).toMatchObject({ deleted: gone, shrunk: 6 - gone });
    expect(await world.objects()).toHaveLength(6 - gone);
    await expectOneStory(world);
  });
});

test('L9: a stop while a batch was interrupted settles it and deletes nothing more', async () => {
  await world.challenge({ submissions: 3 });
  const jobRunId = await begunAndInterrupted('half');
  await world.rows(`update job_runs set stop_requested_at = now()`);
  expect(await runCleanupToEnd(world.job(), { jobRunId })).toMatchObject({ state: 'stopped' });
  expect(await world.objects()).toHaveLength(3);
  await expectOneStory(world);
});

describe('L9: who is slow and was taken for dead', () => {
  test('cannot delete after the lock is lost', async () => {
    await world.challenge();
    const jobRunId = await world.request(await world.preview());
    await beginCleanup(world.job(), { jobRunId });
    // The lock's connection is cut while the store is asked, as by a network that fails.
    const storage = new WrappedStorage(world.storage, {
      stat: async (keys, real) => {
        await world.cutRunLocks();
        return real.stat(keys);
      },
    });
    await expect(runCleanupBatch(world.job(storage), { jobRunId })).rejects.toThrow();
    expect(await world.objects()).toHaveLength(4);
    expect((await runCleanupToEnd(world.job(), { jobRunId })).state).toBe('succeeded');
    await expectOneStory(world);
  });

  test('records what he deleted all the same, once', async () => {
    await world.challenge();
    const jobRunId = await world.request(await world.preview());
    await beginCleanup(world.job(), { jobRunId });
    // While the slow one is at the store, somebody gives its claims back, as a recovery would.
    const storage = beforeDelete(world.storage, async () => {
      await world.rows("update artifacts set state = 'present', claimed_by_run = null");
    });
    await runCleanupBatch(world.job(storage), { jobRunId });
    expect(await world.receiptKeys()).toHaveLength(4);
    await runCleanupToEnd(world.job(), { jobRunId });
    await expectOneStory(world);
  });
});

describe('at once', () => {
  test('L9: two runs with the same items delete each once', async () => {
    await world.set('cleanup.batch-size', 3);
    await world.challenge({ submissions: 10 });
    await world.challenge({ submissions: 10 });
    const ids = [await world.request(await world.preview()), await world.request(await world.preview())];
    const runs = await Promise.all(ids.map((jobRunId) => runCleanupToEnd(world.job(), { jobRunId })));
    expect(runs.map((run) => run.state)).toEqual(['succeeded', 'succeeded']);
    const counts = runs.map((run) => readCounts(run.counts));
    expect(counts[0]!.deleted + counts[1]!.deleted).toBe(40);
    expect(counts.map((one) => one.deleted + one.shrunk)).toEqual([40, 40]);
    expect(await world.objects()).toEqual([]);
    await expectOneStory(world);
  });

  test('L6: of what another run has deleted, one says that, and not that it stayed', async () => {
    await world.challenge();
    const ids = [await world.request(await world.preview()), await world.request(await world.preview())];
    const summaries: (string | null)[] = [];
    for (const jobRunId of ids) summaries.push((await runCleanupToEnd(world.job(), { jobRunId })).summary);
    expect(summaries).toEqual([
      '4 files (40 B) deleted.',
      'No file was deleted. 4 files had been deleted by another run.',
    ]);
  });

  test('L9: two processes on one run do its work once', async () => {
    await world.set('cleanup.batch-size', 4);
    await world.challenge({ submissions: 10 });
    const jobRunId = await world.request(await world.preview());
    const work = () => runCleanupToEnd(world.job(), { jobRunId });
    const [one, two] = await Promise.all([work(), work()]);
    expect(one.counts).toEqual(two.counts);
    expect(readCounts(one.counts)).toMatchObject({ deleted: 20, failed: 0, shrunk: 0 });
    await expectOneStory(world);
  });

  test('E15: one tick makes one run', async () => {
    await world.challenge();
    const tick = '2026-12-01T02:00:00.000Z';
    const begin = () => beginScheduledCleanup(world.job(), { tick });
    const [one, two] = await Promise.all([begin(), begin()]);
    expect(one).toEqual(two);
    expect(await begin()).toEqual(one);
    expect(await world.rows('select trigger, dedupe_key from job_runs')).toEqual([
      { trigger: 'schedule', dedupe_key: tick },
    ]);
    const used = await world.rows("select state, created_by from plans where state = 'running'");
    expect(used).toEqual([{ state: 'running', created_by: null }]);
    expect((await runCleanupToEnd(world.job(), one)).summary).toBe('4 files (40 B) deleted.');
    expect(await begin()).toEqual(one);
    await expectOneStory(world);
  });
});

test('L8: every batch, and every run, is an audit event with its figures', async () => {
  await world.set('cleanup.batch-size', 2);
  const challenge = await world.challenge();
  const { plan, run } = await world.cleanUp();
  const events = await world.rows(`select action, actor, target, result, new_value from audit_events
    where actor like 'system:%' order by time_started, id`);
  expect(
    events.map((event) => `${event.action} ${event.result} ${event.target === `run:${run.id}`}`),
  ).toEqual([
    'cleanup.run success true',
    'artifacts.delete success true',
    'artifacts.delete success true',
    'job.run success true',
  ]);
  expect(events[1]!.new_value).toMatchObject({
    planHash: plan.hash,
    challenges: [challenge.id],
    deleted: 2,
    bytes: 20,
    failed: 0,
  });
});

test('L9: what a run that was given up on left behind is settled within the hour', async () => {
  await world.challenge({ submissions: 1 });
  await begunAndInterrupted('half');
  await world.rows("update job_runs set state = 'failed', finished_at = now()");

  const { jobRunId } = await beginRetries(world.job(), { tick: world.clock.now().toISOString() });
  await runCleanupToEnd(world.job(), { jobRunId: jobRunId! });
  expect(await world.rows("select 1 from artifacts where state = 'deleting'")).toEqual([]);
  await expectOneStory(world);
});
