import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStorage, StorageFailureKind } from '@/lib/platform/storage/object-storage';
import { approvePlan } from './approve-plan';
import { approvalConfirmationFor, confirmationFor } from './confirmation';
import { dryRunCleanup } from './dry-run-cleanup';
import { loadPlan } from './load-plan';
import { previewCleanup } from './preview-cleanup';
import { requestCleanup } from './request-cleanup';
import { runCleanupToEnd } from './run-cleanup-to-end';
import type { Plan } from './source';
import { CleanupWorld } from './testing/cleanup-world';

let world: CleanupWorld;
beforeAll(async () => {
  world = await CleanupWorld.open();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.set('approval.above-files', 1000);
  await world.set('approval.above-bytes', 1_000_000);
});
afterEach(() => world.wipe());

const preview = (storage?: ObjectStorage) => previewCleanup({ ...world.admin, ...(storage && { storage }) });
const request = (plan: Plan) =>
  requestCleanup(world.admin, { planId: plan.id, hash: plan.hash, confirmation: confirmationFor(plan) });
const sizesOf = async (plan: Plan) =>
  (
    await world.rows(
      `select size_bytes::int as size from plan_items where plan_id = '${plan.id}' order by position`,
    )
  ).map(({ size }) => size);

/** Says of the keys what a store says that cannot answer; `asked` counts how many keys it was asked for. */
function unanswering(kind: StorageFailureKind, of: (key: string) => boolean = () => true) {
  const asked: string[] = [];
  const storage = new Proxy(world.storage, {
    get(target, name) {
      if (name !== 'stat') return Reflect.get(target, name)?.bind?.(target) ?? Reflect.get(target, name);
      return async (keys: readonly string[]) => {
        asked.push(...keys);
        const answers = await target.stat(keys);
        for (const key of keys.filter(of)) {
          answers.set(key, { key, outcome: 'failed', kind, error: 'no answer', retryable: true });
        }
        return answers;
      };
    },
  });
  return { storage, asked };
}

/** A challenge with so many files of unknown size, one in a submission. */
const unknown = (count: number, objectBytes: number | null = 10) => ({
  submissions: Array.from({ length: count }, () => ({ artifacts: [{ sizeBytes: null, objectBytes }] })),
});

describe('B2: files whose size nobody has told', () => {
  test('count towards the limit of bytes with what the store says', async () => {
    await world.set('approval.above-bytes', 29);
    await world.challenge(unknown(3));
    const plan = await preview();
    expect(plan).toMatchObject({ files: 3, bytes: 30, filesOfUnknownSize: 0 });
    expect(await sizesOf(plan)).toEqual([10, 10, 10]);
    await expect(request(plan)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('It deletes 30 B; a plan of more than 29 B needs a second admin.'),
    });
  });

  test('are asked for by a dry run as well', async () => {
    await world.challenge(unknown(2));
    const { storage, asked } = unanswering('other', () => false);
    expect(await dryRunCleanup({ ...world.admin, storage }, {}, async (_, { bytes }) => bytes)).toBe(20);
    expect(asked).toHaveLength(2);
  });

  test('stay when they have grown since the plan was made', async () => {
    const challenge = await world.challenge(unknown(2));
    const plan = await preview();
    const { jobRunId } = await request(plan);
    const key = challenge.submissions[0]?.artifacts[0]?.storageKey ?? '';
    await world.storage.put(key, Buffer.alloc(5_000_000));
    await runCleanupToEnd(world.job(), { jobRunId });
    expect(await world.objects()).toEqual([key]);
  });

  test('have 0 bytes when the store has no such file', async () => {
    await world.challenge(unknown(2, null));
    expect(await preview()).toMatchObject({ files: 2, bytes: 0, filesOfUnknownSize: 0 });
  });

  test('are asked for where all of a shared file’s rows are silent, and only what goes', async () => {
    await world.challenge({
      submissions: [
        {
          artifacts: [
            { objectKey: 'shared/a', sizeBytes: 7 },
            { objectKey: 'media/shared/a', sizeBytes: null },
          ],
        },
        { status: 'running', artifacts: [{ sizeBytes: null }] },
      ],
    });
    const { storage, asked } = unanswering('other', () => false);
    expect(await preview(storage)).toMatchObject({ files: 1, bytes: 7, filesOfUnknownSize: 0 });
    expect(asked).toEqual([]);
  });
});

describe('B2: files whose size the store does not say', () => {
  test('need a second admin above 1% of the limit of files, and the page says why', async () => {
    await world.challenge(unknown(7));
    await world.challenge({ submissions: 2 });
    const { storage } = unanswering('forbidden');
    const plan = await preview(storage);
    expect(plan).toMatchObject({ files: 11, filesOfUnknownSize: 7 });
    const why =
      'Nobody knows how large 7 of its 11 files are; a plan of more than 10 files with such files needs a second admin.';
    await expect(request(plan)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(why),
    });
    expect((await loadPlan(world.admin, { planId: plan.id })).approval).toMatchObject({
      why,
      isEnough: false,
    });
    const second = world.context(
      world.person('admin', await world.build.person({ role: 'admin', username: 'mei' })),
    );
    await approvePlan(second, {
      planId: plan.id,
      hash: plan.hash,
      confirmation: approvalConfirmationFor(plan),
    });
    await request(plan);
  });

  test('need none in a plan of 1% of the limit', async () => {
    await world.challenge(unknown(7));
    await world.challenge({ submissions: [{ artifacts: [{}, {}, {}] }] });
    const plan = await preview(unanswering('forbidden').storage);
    expect(plan).toMatchObject({ files: 10, filesOfUnknownSize: 7 });
    await request(plan);
  });

  test('are not asked for one by one when the store does not answer at all', async () => {
    await world.challenge(unknown(60));
    const { storage, asked } = unanswering('unreachable');
    expect(await preview(storage)).toMatchObject({ files: 60, filesOfUnknownSize: 60 });
    expect(asked).toHaveLength(20);
  });

  test('do not keep what the store does say from being known', async () => {
    await world.challenge(unknown(60));
    let nth = 0;
    const { storage, asked } = unanswering('other', () => nth++ % 2 === 0);
    expect(await preview(storage)).toMatchObject({ bytes: 300, filesOfUnknownSize: 30 });
    expect(asked).toHaveLength(60);
  });
});
