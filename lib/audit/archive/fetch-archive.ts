import { createWriteStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import type { ArchiveRow } from './archive-record';
import { digestOf } from './check-archive';
import { type Manifest, readManifest } from './manifest';

export interface FetchedArchive {
  file: string;
  manifest: Manifest;
  manifestText: string;
}

/**
 * Fetches an archive into a file, and makes sure that it is, bit for bit, the one that was verified. Throws 'not_found' when
 * it is not in the storage, and 'unavailable' when it cannot be read or is another one.
 */
export async function fetchArchive(
  ctx: Context,
  { objectKey, manifestKey, sha256 }: ArchiveRow,
  file: string,
): Promise<FetchedArchive> {
  const manifestText = await text(await ctx.storage.get(manifestKey));
  const read = readManifest(manifestText);
  if (!read.manifest) throw new LapseError('unavailable', `${manifestKey} cannot be read: ${read.why}.`);
  if (read.manifest.sha256 !== sha256?.toString('hex')) {
    throw new LapseError('unavailable', `${manifestKey} is not the manifest that was verified.`);
  }
  await pipeline(await ctx.storage.get(objectKey), createWriteStream(file, { mode: 0o600 }));
  if (!sha256?.equals((await digestOf(file)).sha256)) {
    throw new LapseError(
      'unavailable',
      `${objectKey} is not what was verified: its SHA-256 is not that of the manifest.`,
    );
  }
  return { file, manifest: read.manifest, manifestText };
}
