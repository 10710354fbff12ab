import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { and, eq } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { conflict, LapseError } from '@/lib/platform/errors';
import type { ArchiveRow } from './archive-record';
import { checkArchive } from './check-archive';
import type { DuckDb } from './duckdb';
import { type Manifest, writeManifest } from './manifest';
import { NotAsSealed } from './plan-rows';

/**
 * Uploads an archive and its manifest, the manifest last. Refuses ('conflict') to write over objects that this database
 * knows nothing of: after it was set back to a backup they may be the only copy of what it has lost.
 */
export async function storeArchive(
  ctx: Context,
  { objectKey, manifestKey }: ArchiveRow,
  file: string,
  manifest: Manifest,
): Promise<void> {
  for (const [key, found] of await ctx.storage.stat([objectKey, manifestKey])) {
    if (found.outcome === 'failed') throw new LapseError('unavailable', found.error);
    if (found.outcome === 'present' && !(await isLeftOver(ctx, objectKey))) {
      throw conflict(
        `There is an object ${key} in ${ctx.storage.describe()} that this database knows nothing of, perhaps from before a restore. It is not overwritten: move it elsewhere first.`,
      );
    }
  }
  await ctx.storage.put(objectKey, { file });
  await ctx.storage.put(manifestKey, Buffer.from(writeManifest(manifest), 'utf8'));
}

/** Of an attempt that failed and could not be cleared away. */
async function isLeftOver(ctx: Context, objectKey: string): Promise<boolean> {
  const failed = and(eq(auditArchives.objectKey, objectKey), eq(auditArchives.state, 'failed'));
  return (await ctx.db.$count(auditArchives, failed)) > 0;
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
