import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { RoutedStorage } from '@/lib/platform/storage/routed-storage';
import type { S3Storage } from '@/lib/platform/storage/s3-storage';
import { FaultProxy, PROXY_FAULTS } from '@/lib/platform/storage/testing/fault-proxy';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { s3TestStorage } from '@/lib/platform/storage/testing/s3-test-storage';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';

/*
 * As platforms have it: recordings and MP3s in a bucket, WAVs and waveforms on a disk. The world itself looks at both directly;
 * runs go over a way to the bucket on which requests and answers get lost.
 */

const BUCKET = 'recordings';
let server: S3TestServer;
let proxy: FaultProxy;
let w: AnonymousWorld;
let faulty: RoutedStorage;

const bucketAt = (endpoint: string): S3Storage => s3TestStorage(server, BUCKET, { endpoint, timeoutMs: 500 });

beforeAll(async () => {
  server = await S3TestServer.start(BUCKET);
  proxy = await FaultProxy.start(server.endpoint);
  const disk = await createTemporaryStorage();
  faulty = new RoutedStorage(bucketAt(proxy.endpoint), disk.storage);
  const storage = new RoutedStorage(bucketAt(server.endpoint), disk.storage);
  const remove = async () => {
    await storage.close();
    await disk.remove();
  };
  w = await AnonymousWorld.open(async () => ({ storage, remove }));
  await w.world.set('cleanup.max-error-percent', 100);
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  // Composed videos of this world lie in a bucket of that name.
  vi.stubEnv('LAPSE_BUCKET_NAMES', 'folder');
  await w.wipe();
  await w.policy();
});
afterEach(() => {
  proxy.faults.length = 0;
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await faulty.close();
  await w.close();
  await proxy.stop();
  await server.stop();
});

/** Two that are due, one of them with everything that a transcript can have, and one with an owner; returns the keys of that. */
async function someOfEach(): Promise<string[]> {
  await w.meeting('m');
  await w.recording('r', { meeting: 'm', tracks: 3, bucket: BUCKET });
  await w.transcript('whole', { recording: 'r', meeting: 'm', audioLocation: 'storage' });
  await w.transcript('small', { files: ['wav'] });
  return w.transcript('mine', { owner: 'ada', audioLocation: 'storage' });
}

test('R3: what is due goes from the bucket and from the disk, and each receipt says from where', async () => {
  const kept = await someOfEach();
  const { run, counts } = await w.cleanUp();
  expect(run.state).toBe('succeeded');
  expect(counts).toMatchObject({
    transcriptsDeleted: 2,
    recordingsDeleted: 1,
    meetingsDeleted: 1,
    deleted: 8,
  });
  expect(await w.world.objects()).toEqual(kept.sort());
  const stores = await w.world.rows(
    'select store, count(*)::int as count from receipts group by store order by store',
  );
  expect(stores).toMatchObject([{ count: 3 }, { store: `s3://${BUCKET}`, count: 5 }]);
  await expectOneAnonymousStory(w);
});

test('R3: a recording in a bucket that is not ours is held back with all that goes with it', async () => {
  await w.recording('r', { bucket: 'elsewhere' });
  const keys = await w.transcript('t', { recording: 'r', audioLocation: 'storage' });
  expect(await w.preview()).toMatchObject({ transcripts: 0, files: 0, heldBackTranscripts: 1 });
  expect(await w.world.objects()).toEqual([...keys, 'r.mp4'].sort());
});

test.each(PROXY_FAULTS)(
  'R4, L9: over a way to the bucket with the fault %s the rest goes later',
  async (fault) => {
    const kept = await someOfEach();
    proxy.faults.push(...Array.from({ length: 3 }, () => fault));
    await w.cleanUp(faulty);
    proxy.faults.length = 0;
    await expectOneAnonymousStory(w);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      w.world.clock.set(new Date(w.world.clock.now().getTime() + 25 * 3_600_000));
      if ((await w.preview()).files > 0) await w.cleanUp(faulty);
    }
    expect(await w.world.objects()).toEqual(kept.sort());
    expect((await w.ids()).transcripts).toEqual(['mine']);
    const receipts = await w.world.receiptKeys();
    expect(new Set(receipts).size).toBe(receipts.length);
    await expectOneAnonymousStory(w);
  },
);
