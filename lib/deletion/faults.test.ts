import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { S3Storage } from '@/lib/platform/storage/s3-storage';
import { FaultProxy, PROXY_FAULTS, type ProxyFault } from '@/lib/platform/storage/testing/fault-proxy';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { s3TestStorage } from '@/lib/platform/storage/testing/s3-test-storage';
import { loadReceipt } from './load-receipt';
import { CleanupWorld } from './testing/cleanup-world';
import { expectOneStory } from './testing/one-story';

/*
 * Whole cleanups of a bucket, over a way to it on which requests and answers get lost, late, cut and falsified by what
 * stands between. The world itself looks at the bucket directly.
 */

const BUCKET = 'objects';
let server: S3TestServer;
let proxy: FaultProxy;
let world: CleanupWorld;
let faulty: S3Storage;

const bucketAt = (endpoint: string): S3Storage => s3TestStorage(server, BUCKET, { endpoint, timeoutMs: 150 });

beforeAll(async () => {
  server = await S3TestServer.start(BUCKET);
  proxy = await FaultProxy.start(server.endpoint);
  faulty = bucketAt(proxy.endpoint);
  world = await CleanupWorld.open(async () => {
    const storage = bucketAt(server.endpoint);
    return { storage, remove: () => storage.close() };
  });
  await world.set('cleanup.batch-size', 4);
  await world.set('cleanup.max-error-percent', 100);
});
afterAll(async () => {
  await faulty.close();
  await world.close();
  await proxy.stop();
  await server.stop();
});
beforeEach(() => world.wipe());

const HOUR_MS = 3_600_000;

/** Cleans up over the faults, tells the truth about it, and then retries until all is gone. */
async function cleanUpOver(faults: readonly (ProxyFault | 'pass')[]): Promise<void> {
  await world.challenge({ submissions: 2 });
  await world.challenge({ submissions: [{ artifacts: [{}, { objectBytes: null }] }] });
  const existed = new Set(await world.objects());
  proxy.faults.splice(0, Number.POSITIVE_INFINITY, ...faults);
  await world.cleanUp(faulty);
  proxy.faults.splice(0, Number.POSITIVE_INFINITY);
  // Never a receipt for what is there, and never a second one, whatever happened.
  const left = new Set(await world.objects());
  const receipts = await world.receiptKeys();
  expect(new Set(receipts).size).toBe(receipts.length);
  for (const key of receipts) expect(left).not.toContain(key);

  for (let attempt = 0; attempt < 3; attempt++) {
    world.clock.set(new Date(world.clock.now().getTime() + 25 * HOUR_MS));
    if ((await world.preview()).files > 0) await world.cleanUp(faulty);
  }
  expect(await world.objects()).toEqual([]);
  expect(await world.rows("select 1 from artifacts where state <> 'deleted'")).toEqual([]);
  await expectOneStory(world, existed);
}

describe.each(PROXY_FAULTS)('L9, E11: %s', (fault) => {
  test('at each single request of a cleanup, and at all of them for a while', async () => {
    proxy.requests = 0;
    await cleanUpOver([]);
    // Of the first batches; the later ones are alike.
    const requests = Math.min(10, proxy.requests);
    expect(requests).toBe(10);
    for (let at = 0; at < requests; at++) {
      await world.wipe();
      // Twice in a row, which is one time more than the storage tries by itself.
      await cleanUpOver([...Array<'pass'>(at).fill('pass'), fault, fault]);
    }
    await world.wipe();
    await cleanUpOver(Array<ProxyFault>(12).fill(fault));
  }, 60_000);
});

test('L9, E11: any mixture of them', async () => {
  const fault = fc.oneof(
    { weight: 2, arbitrary: fc.constant('pass' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...PROXY_FAULTS) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 40 }), async (faults) => {
      await world.wipe();
      await cleanUpOver(faults);
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('E11: of a versioned bucket the receipt says what remains', async () => {
  server.bucket(BUCKET).versioning = 'Enabled';
  const versioned = bucketAt(proxy.endpoint);
  try {
    await world.challenge({ submissions: 1 });
    await world.cleanUp(versioned);
    expect(await world.objects()).toEqual([]);
    const receipts = await world.rows('select id, version_id, remains from receipts');
    expect(receipts).toHaveLength(2);
    for (const { id, version_id, remains } of receipts) {
      expect(version_id).toMatch(/^v\d+$/);
      expect(remains).toContain('older versions remain');
      const { receipt } = await loadReceipt(world.admin, { receiptId: String(id) });
      expect(receipt.remains).toBe(remains);
    }
    await expectOneStory(world);
  } finally {
    await versioned.close();
    server.bucket(BUCKET).versioning = 'never';
  }
});
