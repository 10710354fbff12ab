import { eq } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import type { DeleteResult } from '@/lib/platform/storage/object-storage';
import type { ArchiveRow } from './archive-record';
import { type Found, findArchive } from './confirm-archive';

export interface RemovedObjects {
  /** Archives both of whose objects are gone now. */
  archives: number;
  /** Of their objects. */
  bytes: number;
  /** What the storage keeps of them nevertheless, in its words; null: nothing. */
  remains: string | null;
}

export interface LeftObjects {
  key: string;
  why: string;
}

/**
 * Removes the objects and manifests of archives that count no more, each only while it is what was verified, and notes down
 * what became of it.
 */
export async function removeObjects(
  ctx: Context,
  archives: readonly ArchiveRow[],
): Promise<RemovedObjects & { left: LeftObjects[] }> {
  const done: RemovedObjects & { left: LeftObjects[] } = { archives: 0, bytes: 0, remains: null, left: [] };
  for (const archive of archives) {
    const { left, remains } = await removeOne(ctx, archive);
    done.left.push(...left);
    done.remains ??= remains;
    if (left.length > 0) continue;
    done.archives += 1;
    done.bytes += archive.bytes ?? 0;
    await ctx.db
      .update(auditArchives)
      .set({ objectsRemovedAt: ctx.clock.now(), remains })
      .where(eq(auditArchives.id, archive.id));
  }
  return done;
}

async function removeOne(
  ctx: Context,
  archive: ArchiveRow,
): Promise<{ left: LeftObjects[]; remains: string | null }> {
  const { object, manifest } = await findArchive(ctx, archive);
  const left: LeftObjects[] = [];
  let remains: string | null = null;
  // The manifest last: what is cut off in between still says what it was.
  for (const found of [object, manifest]) {
    if (found.outcome === 'absent') continue;
    const result = await removeKey(ctx, found);
    if ('why' in result) {
      left.push(result);
      return { left, remains };
    }
    remains ??= result.remains;
  }
  return { left, remains };
}

async function removeKey(
  ctx: Context,
  found: Exclude<Found, { outcome: 'absent' }>,
): Promise<LeftObjects | { remains: string | null }> {
  const { key } = found;
  if (found.outcome === 'another') {
    return { key, why: 'it is another object than the one that was verified. Move it elsewhere.' };
  }
  if (found.outcome === 'unknown') return { key, why: found.why };
  const [result] = await ctx.storage.delete([key], new Map([[key, found.seen]]));
  return asked(key, result);
}

function asked(key: string, result: DeleteResult | undefined): LeftObjects | { remains: string | null } {
  if (!result) return { key, why: 'the storage did not say what became of it.' };
  return result.outcome === 'failed' ? { key, why: result.error } : { remains: result.remains };
}
