import { and, eq, inArray, isNull, max } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { auditArchives } from '@/db/schema/audit-archive';
import { auditSegments } from '@/db/schema/audit-seal';
import type { Context } from '@/lib/people/context';
import { conflict, LapseError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { lockSealing } from '../seal/seal-events';
import { type ArchivedTier, archiveKeys } from './archive-keys';
import type { Manifest } from './manifest';

export type ArchiveRow = typeof auditArchives.$inferSelect;

/** An archive that was written, read back from the storage and verified. */
export interface StoredArchive {
  manifest: Manifest;
  /** What the storage called the object right before it was read back; null when it does not say. */
  etag: string | null;
}

/** Where an archive belongs that is to be written. */
export interface ArchivePlace {
  tier: ArchivedTier;
  /** The UTC day, or the first day of the month. */
  period: string;
  part: number;
  objectKey: string;
  manifestKey: string;
}

/** How an archive is called in the audit log. */
export const archiveTarget = ({ tier, period, part }: Pick<ArchiveRow, 'tier' | 'period' | 'part'>): string =>
  `audit-archive:${tier === 'warm' ? period : period.slice(0, 7)}.${part}`;

/**
 * The place of the next archive of a period. Each attempt has its own: a process that has lost its lock, and does not know it
 * yet, can so overwrite nothing of the one that came after it.
 */
export async function nextPlace(ctx: Context, tier: ArchivedTier, period: string): Promise<ArchivePlace> {
  const [last] = await ctx.db
    .select({ part: max(auditArchives.part) })
    .from(auditArchives)
    .where(and(eq(auditArchives.tier, tier), eq(auditArchives.period, period)));
  const part = (last?.part ?? 0) + 1;
  const { objectKey, manifestKey } = archiveKeys(tier, period, part);
  return { tier, period, part, objectKey, manifestKey };
}

/**
 * Writes down that an archive is being written; what lies at its place is its own from then on. Only whoever holds the lock
 * of archiving may. Refuses ('conflict') a place with an object that this database knows nothing of: after it was set back
 * to a backup that may be the only copy of what it has lost.
 */
export async function openArchive(ctx: Context, place: ArchivePlace): Promise<ArchiveRow> {
  for (const [key, found] of await ctx.storage.stat([place.objectKey, place.manifestKey])) {
    if (found.outcome === 'failed') throw new LapseError('unavailable', found.error);
    if (found.outcome === 'present') {
      throw conflict(
        `There is an object ${key} in ${ctx.storage.describe()} that this database knows nothing of, perhaps from before a restore. It is not overwritten: move it elsewhere first.`,
      );
    }
  }
  const [row] = await ctx.db
    .insert(auditArchives)
    .values({ ...place, id: newId(), state: 'writing', createdAt: ctx.clock.now() })
    .returning();
  if (!row) throw new Error('the insert gave no row');
  return row;
}

/**
 * From here on the archive counts as the copy of its segments (L5), instead of those that are given in `replaced`. Throws when
 * another run has taken over meanwhile, or the segments were not where the caller saw them.
 */
export async function settleArchive(
  ctx: Context,
  tx: Transaction,
  archive: ArchiveRow,
  { manifest, etag }: StoredArchive,
  replaced: readonly ArchiveRow[] = [],
): Promise<void> {
  await lockSealing(tx);
  const { rows, bytes, sha256, started, streams, segments } = manifest;
  const settled = await tx
    .update(auditArchives)
    .set({
      state: 'verified',
      events: rows,
      bytes,
      sha256: Buffer.from(sha256, 'hex'),
      etag,
      firstStarted: started?.first ?? null,
      lastStarted: started?.last ?? null,
      streams,
      verifiedAt: ctx.clock.now(),
      hotPrunedAt: lastPruned(replaced),
    })
    .where(and(eq(auditArchives.id, archive.id), eq(auditArchives.state, 'writing')))
    .returning({ id: auditArchives.id });
  const before = replaced.map(({ id }) => id);
  const ids = segments.map(({ id }) => id);
  const named = await tx
    .update(auditSegments)
    .set({ archiveId: archive.id })
    .where(
      before.length > 0
        ? inArray(auditSegments.archiveId, before)
        : and(inArray(auditSegments.id, ids), isNull(auditSegments.archiveId)),
    )
    .returning({ id: auditSegments.id });
  const gone = await replaceArchives(tx, before, archive.id);
  const isWhole = isEqual(new Set(named.map(({ id }) => id)), ids) && gone === before.length;
  if (settled.length !== 1 || !isWhole) {
    throw conflict(`Another run has archived ${archive.period} meanwhile; this one changes nothing.`);
  }
}

/** When the last of them had left the hot tier; null unless all have. */
function lastPruned(archives: readonly ArchiveRow[]): Date | null {
  const times = archives.map(({ hotPrunedAt }) => hotPrunedAt?.getTime() ?? Number.NaN);
  const last = Math.max(...times);
  return Number.isFinite(last) ? new Date(last) : null;
}

const isEqual = (one: ReadonlySet<number>, other: readonly number[]) =>
  one.size === other.length && other.every((id) => one.has(id));

async function replaceArchives(tx: Transaction, ids: readonly string[], by: string): Promise<number> {
  if (ids.length === 0) return 0;
  const rows = await tx
    .update(auditArchives)
    .set({ state: 'replaced', replacedBy: by })
    .where(and(inArray(auditArchives.id, [...ids]), eq(auditArchives.state, 'verified')))
    .returning({ id: auditArchives.id });
  return rows.length;
}

/**
 * Ends an archive that does not count, and removes what was stored of it; what the storage does not remove now is for a
 * later run. Never throws for the sake of the storage.
 */
export async function failArchive(ctx: Context, archive: ArchiveRow, why: string): Promise<void> {
  await ctx.db
    .update(auditArchives)
    .set({ state: 'failed', error: why })
    .where(and(eq(auditArchives.id, archive.id), eq(auditArchives.state, 'writing')));
  const failed = and(eq(auditArchives.id, archive.id), eq(auditArchives.state, 'failed'));
  // It may have been settled, though the answer got lost: then its objects are in use.
  if ((await ctx.db.$count(auditArchives, failed)) === 0) return;
  await clearFailed(ctx, archive);
}

/** Removes what was stored of an archive that failed; its place was never another's. Whether all of it is gone. */
export async function clearFailed(ctx: Context, archive: ArchiveRow): Promise<boolean> {
  try {
    const results = await ctx.storage.delete([archive.objectKey, archive.manifestKey]);
    const failure = results.find(({ outcome }) => outcome === 'failed');
    if (!failure) {
      await ctx.db
        .update(auditArchives)
        .set({ objectsRemovedAt: ctx.clock.now() })
        .where(eq(auditArchives.id, archive.id));
      return true;
    }
    ctx.log.warn({ result: failure }, 'a failed archive could not be removed');
  } catch (error) {
    ctx.log.warn({ err: error, archive: archive.id }, 'a failed archive could not be removed');
  }
  return false;
}

/** Ends what processes left behind that are gone: with the lock of archiving in hand, nobody works on it any more. */
export async function failAbandoned(ctx: Context): Promise<void> {
  const abandoned = await ctx.db.select().from(auditArchives).where(eq(auditArchives.state, 'writing'));
  for (const archive of abandoned) {
    await failArchive(ctx, archive, 'Its process ended before it was verified; it is written again.');
  }
}

/** Only messages made for people are kept; a fault may hold data. */
export const whyOf = (error: unknown): string =>
  error instanceof LapseError
    ? error.message
    : `A fault of Lapse or of what it stands on (${error instanceof Error ? error.name : 'unknown'}); the server's log has the details.`;
