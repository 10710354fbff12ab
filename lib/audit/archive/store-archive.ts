import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import type { StorageClass } from '@/lib/platform/storage/object-storage';
import type { ArchiveRow, StoredArchive } from './archive-record';
import { checkArchive } from './check-archive';
import type { DuckDb } from './duckdb';
import { type Manifest, writeManifest } from './manifest';
import { NotAsSealed } from './plan-rows';

type Keys = Pick<ArchiveRow, 'objectKey' | 'manifestKey'>;

interface LocalArchive {
  /** It is removed once it is in the storage. */
  parquet: string;
  manifest: Manifest;
  /** For what is read back. */
  folder: string;
  /** Of the object; the small manifest stays in the bucket's own. */
  storageClass?: StorageClass | undefined;
}

/**
 * Uploads an archive and its manifest, the manifest last, reads both back and checks all of it (L5). Throws 'unavailable'
 * when the storage gives something else than was written, and NotAsSealed when it does not, but the events were not what
 * was sealed.
 */
export async function storeAndVerify(
  ctx: Context,
  duck: DuckDb,
  keys: Keys,
  { parquet, manifest, folder, storageClass }: LocalArchive,
): Promise<StoredArchive> {
  await ctx.storage.put(keys.objectKey, { file: parquet }, { storageClass });
  await ctx.storage.put(keys.manifestKey, Buffer.from(writeManifest(manifest), 'utf8'));
  await rm(parquet);
  const etag = await etagOf(ctx, keys.objectKey);
  await readBack(ctx, duck, keys, manifest, folder);
  return { manifest, etag };
}

/** Looked up before the object is read: should another one come after that, its etag is another one as well. */
async function etagOf(ctx: Context, key: string): Promise<string | null> {
  const found = (await ctx.storage.stat([key])).get(key);
  return found?.outcome === 'present' ? found.etag : null;
}

async function readBack(
  ctx: Context,
  duck: DuckDb,
  { objectKey, manifestKey }: Keys,
  manifest: Manifest,
  folder: string,
): Promise<void> {
  if ((await text(await ctx.storage.get(manifestKey))) !== writeManifest(manifest)) {
    throw notWhatWasWritten(manifestKey, 'its manifest is another one.');
  }
  const file = path.join(folder, 'read-back.parquet');
  await pipeline(await ctx.storage.get(objectKey), createWriteStream(file, { mode: 0o600 }));
  const { damaged, notAsSealed } = await checkArchive(duck, file, manifest);
  if (damaged[0] !== undefined) throw notWhatWasWritten(objectKey, damaged[0]);
  if (notAsSealed.length > 0) {
    throw new NotAsSealed(`The log is not what was sealed: ${notAsSealed.slice(0, 5).join(' ')}`);
  }
}

const notWhatWasWritten = (key: string, why: string) =>
  new LapseError('unavailable', `${key} came back from the storage otherwise than it was written: ${why}`);
