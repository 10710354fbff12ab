import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { beginCleanup } from '@/lib/deletion/begin-cleanup';
import { runCleanupBatch } from '@/lib/deletion/run-cleanup-batch';
import { NOW } from '@/lib/deletion/testing/cleanup-world';
import { expectOneAnonymousStory } from '@/lib/deletion/testing/one-anonymous-story';
import { WrappedStorage } from '@/lib/deletion/testing/wrapped-storage';
import { beginAnonymousRetries } from './begin-anonymous-cleanup';
import { AnonymousWorld } from './testing/anonymous-world';

const TAKEOVER_SECONDS = 60;

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  w.world.clock.set(NOW);
  await w.world.set('cleanup.takeover-seconds', TAKEOVER_SECONDS);
  await w.policy();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const passed = (seconds: number) => w.world.clock.set(new Date(NOW.getTime() + seconds * 1000));
const states = async () =>
  (await w.world.rows('select distinct state from anonymous_files order by state')).map(({ state }) => state);
const runOf = async () => (await w.world.rows('select state, summary from job_runs'))[0];

/** A run whose process died at the store, when one file of three was gone; then public mode is switched off. */
async function interruptedAndSwitchedOff(): Promise<string> {
  await w.transcript('t');
  const jobRunId = await w.request(await w.preview());
  await beginCleanup(w.world.job(), { jobRunId });
  const dying = new WrappedStorage(w.world.storage, {
    delete: async (keys, real) => {
      await real.delete(keys.slice(0, 1));
      throw new Error('the process died here');
    },
  });
  const batch = runCleanupBatch(w.world.job(dying), { jobRunId });
  await expect(batch).rejects.toThrow('the process died here');
  expect(await states()).toEqual(['deleting']);
  vi.stubEnv('PUBLIC_MODE', 'off');
  return jobRunId;
}

describe('R1, L9: public mode is switched off in the middle of a run', () => {
  test('and the run ends only when nothing of it is being deleted any more', async () => {
    const jobRunId = await interruptedAndSwitchedOff();
    // A moment before those who were cut off at the store must have given up.
    passed(TAKEOVER_SECONDS - 0.05);
    expect(await runCleanupBatch(w.world.job(), { jobRunId })).toEqual({ done: false });
    expect(await runOf()).toMatchObject({ state: 'running' });

    passed(TAKEOVER_SECONDS);
    expect(await runCleanupBatch(w.world.job(), { jobRunId })).toEqual({ done: true });
    expect(await runOf()).toMatchObject({ state: 'stopped', summary: expect.stringContaining('policy') });
    expect(await states()).toEqual(['present', 'deleted']);
    expect(await w.world.receiptKeys()).toHaveLength(1);
    expect(await w.world.objects()).toHaveLength(2);
    await expectOneAnonymousStory(w);
  });

  test('and what a run left that has ended is settled with the next hour, which deletes nothing', async () => {
    await interruptedAndSwitchedOff();
    await w.world.rows("update job_runs set state = 'failed', finished_at = now()");
    const retry = (tick: string) => beginAnonymousRetries(w.world.job(), { tick });

    expect(await retry('2026-11-21T09:50:00.000Z')).toEqual({ jobRunId: null });
    // What is gone has its receipt at once; what is there waits for whoever may still be at the store.
    expect(await states()).toEqual(['deleting', 'deleted']);
    passed(TAKEOVER_SECONDS);
    expect(await retry('2026-11-21T10:50:00.000Z')).toEqual({ jobRunId: null });
    expect(await states()).toEqual(['present', 'deleted']);
    expect(await w.world.objects()).toHaveLength(2);
    expect(await w.world.rows('select 1 from job_runs')).toHaveLength(1);
    await expectOneAnonymousStory(w);
  });
});
