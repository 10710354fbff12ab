import { asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import { auditSegments } from '@/db/schema/audit-seal';
import type { Context } from '@/lib/people/context';
import { conflict, notFound } from '@/lib/platform/errors';
import { isOnDays } from '../seal/segment-day';
import { type ArchiveRow, archiveTarget } from './archive-record';

/** By its id, or the archives of a UTC day or of a month, given by its first day. */
export type Restorable = { archiveId: string } | { day: string } | { month: string };

export interface RestorableArchive {
  archive: ArchiveRow;
  /** What was asked for is only a part of it: a day of a monthly archive. Null: all of it. */
  segments: readonly number[] | null;
}

/** The archives that hold what is asked for. Throws 'not_found', and 'conflict' for what has expired. */
export async function findRestorable(ctx: Context, which: Restorable): Promise<RestorableArchive[]> {
  if ('archiveId' in which) return [{ archive: await oneArchive(ctx, which.archiveId), segments: null }];
  const from = 'day' in which ? which.day : which.month;
  const until = 'day' in which ? sql`${from}::date + 1` : sql`(${from}::date + interval '1 month')::date`;
  const rows = await segmentsByArchive(ctx, from, until);
  const counting = rows.filter(({ archive }) => archive.state === 'verified');
  const [gone] = rows;
  if (counting.length === 0 && gone) throw expired(gone.archive);
  if (counting.length === 0) throw notFound(`There is no verified archive of ${from}.`);
  return counting.map(({ archive, segments }) => ({
    archive,
    segments: 'day' in which && archive.tier === 'cold' ? segments : null,
  }));
}

async function oneArchive(ctx: Context, id: string): Promise<ArchiveRow> {
  const [archive] = await ctx.db.select().from(auditArchives).where(eq(auditArchives.id, id));
  if (archive?.state === 'verified') return archive;
  if (archive?.state === 'expired') throw expired(archive);
  if (archive?.state === 'replaced' && archive.replacedBy !== null) {
    throw conflict(
      `The monthly archive ${archive.replacedBy} has taken the place of ${id}: restore that one.`,
    );
  }
  throw notFound(`There is no verified archive ${id}.`);
}

const expired = (archive: ArchiveRow) =>
  conflict(
    `${archiveTarget(archive)} has expired, and its events are gone for good: statement ${archive.expiredBy} of the chain says why.`,
  );

async function segmentsByArchive(
  ctx: Context,
  from: string,
  until: SQL,
): Promise<{ archive: ArchiveRow; segments: number[] }[]> {
  const rows = await ctx.db
    .select({ id: auditSegments.id, archiveId: auditSegments.archiveId })
    .from(auditSegments)
    .where(isOnDays(sql`${from}::date`, until))
    .orderBy(asc(auditSegments.id));
  const byArchive = new Map<string, number[]>();
  for (const { id, archiveId } of rows) {
    if (archiveId !== null) byArchive.set(archiveId, [...(byArchive.get(archiveId) ?? []), id]);
  }
  const archives = await ctx.db
    .select()
    .from(auditArchives)
    .where(inArray(auditArchives.id, [...byArchive.keys()]))
    .orderBy(asc(auditArchives.tier), asc(auditArchives.period), asc(auditArchives.part));
  return archives.map((archive) => ({ archive, segments: byArchive.get(archive.id) ?? [] }));
}
