/**
 * How much it helps to delete many objects together: `npx tsx bench/delete-objects.ts [objects]` (500 by default).
 * The folder deletes 16 at once and settles each folder once, against one call per object. S3 takes 1,000 keys in one
 * request, against one request per object; each request waits as long as a near S3 does, because over a loop device there
 * is no way to the store to be saved.
 */

import { MAX_KEYS_PER_DELETE, type ObjectStorage } from '@/lib/platform/storage/object-storage';
import { runAtOnce } from '@/lib/platform/storage/run-at-once';
import { S3Storage } from '@/lib/platform/storage/s3-storage';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';

const ROUND_TRIP_MS = 5;
const ARTIFACTS_PER_SUBMISSION = 7;

const objects = Number(process.argv[2] ?? 500);
if (!Number.isInteger(objects) || objects < 1 || objects > MAX_KEYS_PER_DELETE) {
  throw new Error(`objects: ${process.argv[2]}; use a whole number from 1 to ${MAX_KEYS_PER_DELETE}`);
}
const keys = Array.from(
  { length: objects },
  (_, index) =>
    `media/submission_files/submission_${Math.floor(index / ARTIFACTS_PER_SUBMISSION)}/${index}.txt`,
);

async function fill(storage: ObjectStorage): Promise<void> {
  const content = Buffer.alloc(4_096, 'x');
  await runAtOnce(16, keys, (key) => storage.put(key, content));
}

/** Milliseconds for one way of deleting all keys; throws when one of them stays. */
async function measure(storage: ObjectStorage, bundles: readonly string[][]): Promise<number> {
  await fill(storage);
  const start = performance.now();
  for (const bundle of bundles) {
    for (const result of await storage.delete(bundle)) {
      if (result.outcome === 'failed') throw new Error(`${result.key}: ${result.error}`);
    }
  }
  const duration = performance.now() - start;
  for (const { key, outcome } of (await storage.stat(keys)).values()) {
    if (outcome !== 'absent') throw new Error(`${key} is ${outcome} after its deletion`);
  }
  return duration;
}

async function compare(name: string, storage: ObjectStorage): Promise<void> {
  const alone = await measure(
    storage,
    keys.map((key) => [key]),
  );
  const together = await measure(storage, [keys]);
  const ms = (value: number) => `${value.toFixed(0).padStart(6)} ms`;
  console.log(
    `${name.padEnd(34)} one by one ${ms(alone)}   together ${ms(together)}   ratio ${(alone / together).toFixed(1)}`,
  );
}

console.log(`${objects} objects of 4 KiB`);

const folder = await createTemporaryStorage();
await compare('folder', folder.storage);
await folder.remove();

const server = await S3TestServer.start('bench');
const s3 = new S3Storage({
  bucket: 'bench',
  endpoint: server.endpoint,
  credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
  forcePathStyle: true,
});
server.fail({ type: 'delay', ms: ROUND_TRIP_MS }, Number.POSITIVE_INFINITY, ({ url }) =>
  url.includes('delete'),
);
await compare(`S3 test server, ${ROUND_TRIP_MS} ms a request`, s3);
await s3.close();
await server.stop();
