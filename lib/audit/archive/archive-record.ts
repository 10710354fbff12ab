import { and, eq, inArray, isNull, max, ne } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { auditArchives } from '@/db/schema/audit-archive';
import { auditSegments } from '@/db/schema/audit-seal';
import type { Context } from '@/lib/people/context';
import { conflict, LapseError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { lockSealing } from '../seal/seal-events';
import { archiveKeys } from './archive-keys';
import type { Manifest } from './manifest';

export type ArchiveRow = typeof auditArchives.$inferSelect;

/** Where the next archive of a day belongs. */
export interface ArchivePlace {
  day: string;
  part: number;
  objectKey: string;
  manifestKey: string;
}

export async function nextPlace(ctx: Context, day: string): Promise<ArchivePlace> {
  const counted = and(
    eq(auditArchives.tier, 'warm'),
    eq(auditArchives.period, day),
    ne(auditArchives.state, 'failed'),
  );
  const [last] = await ctx.db
    .select({ part: max(auditArchives.part) })
    .from(auditArchives)
    .where(counted);
  const part = (last?.part ?? 0) + 1;
  const { objectKey, manifestKey } = archiveKeys('warm', day, part);
  return { day, part, objectKey, manifestKey };
}

/**
 * Writes down that an archive is being written; what lies at its place is its own from then on. Only whoever holds the lock
 * of archiving may. Refuses ('conflict') a place with an object that this database knows nothing of: after it was set back
 * to a backup that may be the only copy of what it has lost.
 */
export async function openArchive(ctx: Context, place: ArchivePlace): Promise<ArchiveRow> {
  const { day: period, part, objectKey, manifestKey } = place;
  for (const [key, found] of await ctx.storage.stat([objectKey, manifestKey])) {
    if (found.outcome === 'failed') throw new LapseError('unavailable', found.error);
    if (found.outcome === 'present' && !(await isLeftOver(ctx, objectKey))) {
      throw conflict(
        `There is an object ${key} in ${ctx.storage.describe()} that this database knows nothing of, perhaps from before a restore. It is not overwritten: move it elsewhere first.`,
      );
    }
  }
  const [row] = await ctx.db
    .insert(auditArchives)
    .values({
      id: newId(),
      tier: 'warm',
      period,
      part,
      state: 'writing',
      objectKey,
      manifestKey,
      createdAt: ctx.clock.now(),
    })
    .returning();
  if (!row) throw new Error('the insert gave no row');
  return row;
}

/** Of an attempt that failed and could not be cleared away. */
async function isLeftOver(ctx: Context, objectKey: string): Promise<boolean> {
  const failed = and(eq(auditArchives.objectKey, objectKey), eq(auditArchives.state, 'failed'));
  return (await ctx.db.$count(auditArchives, failed)) > 0;
}

/** From here on the archive counts as the copy of its segments (L5). Throws when another run has taken over meanwhile. */
export async function settleArchive(
  ctx: Context,
  tx: Transaction,
  archive: ArchiveRow,
  { rows, bytes, sha256, started, streams, segments }: Manifest,
): Promise<void> {
  await lockSealing(tx);
  const settled = await tx
    .update(auditArchives)
    .set({
      state: 'verified',
      events: rows,
      bytes,
      sha256: Buffer.from(sha256, 'hex'),
      firstStarted: started?.first ?? null,
      lastStarted: started?.last ?? null,
      streams,
      verifiedAt: ctx.clock.now(),
    })
    .where(and(eq(auditArchives.id, archive.id), eq(auditArchives.state, 'writing')))
    .returning({ id: auditArchives.id });
  const ids = segments.map(({ id }) => id);
  const named = await tx
    .update(auditSegments)
    .set({ archiveId: archive.id })
    .where(and(inArray(auditSegments.id, ids), isNull(auditSegments.archiveId)))
    .returning({ id: auditSegments.id });
  if (settled.length !== 1 || named.length !== ids.length) {
    throw conflict(`Another run has archived ${archive.period} meanwhile; this one changes nothing.`);
  }
}

/** Ends an archive that does not count, and removes what was stored of it. Never throws for the sake of the storage. */
export async function failArchive(ctx: Context, archive: ArchiveRow, why: string): Promise<void> {
  const failed = await ctx.db
    .update(auditArchives)
    .set({ state: 'failed', error: why })
    .where(and(eq(auditArchives.id, archive.id), eq(auditArchives.state, 'writing')))
    .returning({ id: auditArchives.id });
  // Somebody else has settled it, and its objects may be in use.
  if (failed.length === 0) return;
  try {
    const results = await ctx.storage.delete([archive.objectKey, archive.manifestKey]);
    for (const result of results) {
      if (result.outcome === 'failed') ctx.log.warn({ result }, 'a failed archive could not be removed');
    }
  } catch (error) {
    ctx.log.warn({ err: error, archive: archive.id }, 'a failed archive could not be removed');
  }
}

/** Ends what processes left behind that are gone: with the lock of archiving in hand, nobody works on it any more. */
export async function failAbandoned(ctx: Context): Promise<void> {
  const abandoned = await ctx.db
    .select()
    .from(auditArchives)
    .where(and(eq(auditArchives.tier, 'warm'), eq(auditArchives.state, 'writing')));
  for (const archive of abandoned) {
    await failArchive(ctx, archive, 'Its process ended before it was verified; it is written again.');
  }
}
