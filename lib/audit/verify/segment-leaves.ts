import { text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { archivedLeaves } from '../archive/archive-rows';
import { readManifest } from '../archive/manifest';
import type { SegmentRemoval } from '../archive/removed-leaves';
import { bytesOfHash, HASH_BYTES } from '../seal/merkle-tree';
import type { OpenArchive } from '../search/read-archive';

/**
 * The `events` leaf hashes of a segment in the order of its tree, hashed anew from the rows of its archive. Those of events that
 * were gone when it was archived stand in its manifest; whether they are what was sealed shows in the root. Throws
 * 'unavailable' when that cannot be read.
 */
export async function segmentLeaves(
  ctx: Context,
  { duck, file, archive }: OpenArchive & { archive: { id: string } },
  { segment, events }: { segment: number; events: number },
): Promise<Buffer> {
  const leaves: Buffer[] = [];
  // Rows lie in the order of their leaves; whatever was moved shows in the root.
  for await (const batch of archivedLeaves(duck, file, segment)) {
    for (const { hash } of batch) leaves.push(bytesOfHash(hash));
  }
  const all = Buffer.concat(leaves);
  return leaves.length === events ? all : withRemoved(all, await removedOf(ctx, archive.id, segment));
}

async function removedOf(ctx: Context, id: string, segment: number): Promise<SegmentRemoval['leaves']> {
  const [archive] = await ctx.db
    .select({ key: auditArchives.manifestKey })
    .from(auditArchives)
    .where(eq(auditArchives.id, id));
  if (!archive) return [];
  const read = readManifest(await text(await ctx.storage.get(archive.key)));
  if (!read.manifest) throw new LapseError('unavailable', `${archive.key} cannot be read: ${read.why}.`);
  return read.manifest.segments.find((each) => each.id === segment)?.removed?.leaves ?? [];
}

/** `removed` is in the order of the places. */
function withRemoved(leaves: Buffer, removed: SegmentRemoval['leaves']): Buffer {
  const all: Buffer[] = [];
  let [from, size] = [0, 0];
  for (const [place, leaf] of removed) {
    const before = leaves.subarray(from, from + (place - size) * HASH_BYTES);
    all.push(before, Buffer.from(leaf, 'hex'));
    from += before.length;
    size = place + 1;
  }
  return Buffer.concat([...all, leaves.subarray(from)]);
}
