import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import type { SeenVersion, StatResult } from '@/lib/platform/storage/object-storage';
import type { ArchiveRow } from './archive-record';
import { readManifest } from './manifest';

/** What the storage has in the place of something that was verified. */
export type Found =
  | { outcome: 'same'; key: string; seen: SeenVersion }
  | { outcome: 'absent'; key: string }
  /** Something else is there, from another hand. */
  | { outcome: 'another'; key: string }
  /** It did not say. */
  | { outcome: 'unknown'; key: string; why: string };

/**
 * Looks whether an archive still is in the storage as it was verified: weeks may lie between that and the moment when the
 * other copy goes. An object that the storage calls as it did then is the same; any other is read again, and hashed.
 */
export async function findArchive(
  ctx: Context,
  archive: ArchiveRow,
): Promise<{ object: Found; manifest: Found }> {
  const { objectKey, manifestKey } = archive;
  const stats = await ctx.storage.stat([objectKey, manifestKey]);
  return {
    object: await compared(objectKey, stats.get(objectKey), (found) => isObject(ctx, archive, found)),
    manifest: await compared(manifestKey, stats.get(manifestKey), () => isManifest(ctx, archive)),
  };
}

/** Why an archive cannot be counted upon now, for people; null when object and manifest are what was verified. */
export async function whyUnconfirmed(ctx: Context, archive: ArchiveRow): Promise<string | null> {
  const { object, manifest } = await findArchive(ctx, archive);
  for (const found of [object, manifest]) {
    if (found.outcome === 'absent') return `${found.key} is not in ${ctx.storage.describe()} any more.`;
    if (found.outcome === 'another') return `${found.key} is another object than the one that was verified.`;
    if (found.outcome === 'unknown') return found.why;
  }
  return null;
}

type Present = Extract<StatResult, { outcome: 'present' }>;

async function compared(
  key: string,
  stat: StatResult | undefined,
  isSame: (found: Present) => Promise<boolean>,
): Promise<Found> {
  if (!stat) return { outcome: 'unknown', key, why: `The storage did not say whether it has ${key}.` };
  if (stat.outcome === 'absent') return { outcome: 'absent', key };
  if (stat.outcome === 'failed') return { outcome: 'unknown', key, why: stat.error };
  try {
    return (await isSame(stat)) ? { outcome: 'same', key, seen: stat } : { outcome: 'another', key };
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
    return { outcome: 'unknown', key, why: error.message };
  }
}

async function isObject(
  ctx: Context,
  { id, objectKey, bytes, sha256, etag }: ArchiveRow,
  found: Present,
): Promise<boolean> {
  if (found.sizeBytes !== bytes) return false;
  if (etag !== null && found.etag === etag) return true;
  const hash = createHash('sha256');
  for await (const chunk of await ctx.storage.get(objectKey)) hash.update(chunk as Buffer);
  if (!sha256?.equals(hash.digest())) return false;
  // As after a move of the storage: from here on it need not be read to be known.
  await ctx.db.update(auditArchives).set({ etag: found.etag }).where(eq(auditArchives.id, id));
  return true;
}

async function isManifest(ctx: Context, { manifestKey, sha256 }: ArchiveRow): Promise<boolean> {
  const { manifest } = readManifest(await text(await ctx.storage.get(manifestKey)));
  return manifest !== null && manifest.sha256 === sha256?.toString('hex');
}
