import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { beginCleanup } from './begin-cleanup';
import { beginScheduledCleanup } from './begin-scheduled-cleanup';
import { finishCleanup } from './finish-cleanup';
import { loadPlan } from './load-plan';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW } from './testing/cleanup-world';

let world: CleanupWorld;
beforeAll(async () => {
  world = await CleanupWorld.open();
  await world.set('cleanup.batch-size', 1);
});
beforeEach(() => world.wipe());
afterAll(() => world.close());

/** As if Lapse had been updated since: all plans are of the policy before. */
const policyChanges = () => world.database.sql`update plans set policy_version = '2020-01'`;
const WHY = `The plan was made under policy 2020-01, and ${RETENTION_POLICY.version} is in force now.`;
const runs = () => world.rows('select state, summary from job_runs');

describe('L7: when the policy changes', () => {
  test('after the preview, its plan is not run', async () => {
    await world.challenge();
    const plan = await world.preview();
    expect(await loadPlan(world.admin, { planId: plan.id })).toMatchObject({
      isRunnable: true,
      whyOutdated: null,
    });
    await policyChanges();
    expect(await loadPlan(world.admin, { planId: plan.id })).toMatchObject({
      isRunnable: false,
      whyOutdated: WHY,
    });
    await expect(world.request(plan)).rejects.toMatchObject({
      code: 'conflict',
      message: `${WHY} Make a new preview.`,
    });
    expect(await runs()).toEqual([]);
  });

  test('after it was asked for, the run deletes nothing', async () => {
    await world.challenge();
    const before = await world.objects();
    const jobRunId = await world.request(await world.preview());
    await policyChanges();
    await runCleanupToEnd(world.job(), { jobRunId });
    expect(await runs()).toEqual([{ state: 'stopped', summary: `Nothing was deleted. ${WHY}` }]);
    expect(await world.objects()).toEqual(before);
  });

  test.each(['by hand', 'by schedule'])(
    'while it is under way %s, the run stops after its batch',
    async (how) => {
      await world.challenge();
      const job = world.job();
      const jobRunId =
        how === 'by hand'
          ? await world.request(await world.preview())
          : (await beginScheduledCleanup(job, { tick: NOW.toISOString() })).jobRunId;
      await beginCleanup(job, { jobRunId });
      expect(await runCleanupBatch(job, { jobRunId })).toEqual({ done: false });
      const left = await world.objects();
      expect(left).toHaveLength(3);
      await policyChanges();

      expect(await runCleanupBatch(job, { jobRunId })).toEqual({ done: true });
      await finishCleanup(job, { jobRunId });
      expect(await world.objects()).toEqual(left);
      expect(await world.receiptKeys()).toHaveLength(1);
      expect(await runs()).toEqual([{ state: 'stopped', summary: `Stopped itself. ${WHY}` }]);
    },
  );
});
