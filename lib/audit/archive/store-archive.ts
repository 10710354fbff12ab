import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import type { ArchiveRow } from './archive-record';
import { checkArchive } from './check-archive';
import type { DuckDb } from './duckdb';
import { type Manifest, writeManifest } from './manifest';
import { NotAsSealed } from './plan-rows';

/** Uploads an archive and its manifest, the manifest last. */
export async function storeArchive(
  ctx: Context,
  { objectKey, manifestKey }: ArchiveRow,
  file: string,
  manifest: Manifest,
): Promise<void> {
  await ctx.storage.put(objectKey, { file });
  await ctx.storage.put(manifestKey, Buffer.from(writeManifest(manifest), 'utf8'));
}

/**
 * Reads an archive back from the storage and checks all of it (L5). Throws 'unavailable' when it is not what was written,
 * and NotAsSealed when it is, but the rows of the database were not what was sealed.
 */
export async function readBack(
  ctx: Context,
  duck: DuckDb,
  { objectKey, manifestKey }: Pick<ArchiveRow, 'objectKey' | 'manifestKey'>,
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
