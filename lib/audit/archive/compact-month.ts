import { rm } from 'node:fs/promises';
import path from 'node:path';
import { and, asc, eq, gte, sql } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import type { StorageClass } from '@/lib/platform/storage/object-storage';
import { audited } from '../record';
import { type ArchiveRow, archiveTarget, nextPlace, type StoredArchive } from './archive-record';
import { describeArchive } from './describe-archive';
import { type DuckDb, withDuckDbInTurn } from './duckdb';
import { type FetchedArchive, fetchArchive } from './fetch-archive';
import { mergeArchives, mergedCuts, mergedSegments, mergedStatements } from './merge-archives';
import { storeAndVerify } from './store-archive';
import { bytesOf, type Workplace, writeArchive } from './write-archive';

export interface CompactedPart {
  id: string;
  /** As 2026-11. */
  month: string;
  part: number;
  /** Daily archives that it takes the place of. */
  archives: number;
  segments: number;
  events: number;
  /** Of the object. */
  bytes: number;
  /** Of the objects before. */
  bytesBefore: number;
}

export interface CompactOptions {
  /** Events of one archive, about: a daily archive is never divided. */
  events: number;
  storageClass: StorageClass | undefined;
  /** Where temporary files go. */
  parent: string;
}

/**
 * Makes one monthly archive of the next daily archives of a UTC month (`month` is its first day): writes it, reads it back
 * from the storage and verifies every root, and only then lets it count in their place, in one transaction (L5). Their
 * objects stay until `removeDue`. Null when the month has none left. Whatever fails leaves all as it was.
 */
export async function compactMonth(
  ctx: Context,
  month: string,
  { events, storageClass, parent }: CompactOptions,
): Promise<CompactedPart | null> {
  const warm = upTo(events, await warmArchives(ctx, month));
  if (warm.length === 0) return null;
  const place = await nextPlace(ctx, 'cold', month);
  try {
    return await audited(ctx, { action: 'audit.compact', target: archiveTarget(place) }, async (event) => {
      const { id, manifest } = await writeArchive(ctx, place, { parent, event, replaced: warm }, (work) =>
        withDuckDbInTurn(work.folder, (duck) => mergeAndVerify(ctx, duck, work, warm, storageClass)),
      );
      return {
        id,
        month: month.slice(0, 7),
        part: place.part,
        archives: warm.length,
        segments: manifest.segments.length,
        events: manifest.rows,
        bytes: manifest.bytes,
        bytesBefore: bytesOf(warm),
      };
    });
  } catch (error) {
    ctx.log.error({ err: error, month, part: place.part }, 'a month of the audit log could not be compacted');
    throw error;
  }
}

const warmArchives = (ctx: Context, month: string): Promise<ArchiveRow[]> =>
  ctx.db
    .select()
    .from(auditArchives)
    .where(
      and(
        eq(auditArchives.tier, 'warm'),
        eq(auditArchives.state, 'verified'),
        gte(auditArchives.period, month),
        sql`${auditArchives.period} < (${month}::date + interval '1 month')::date`,
      ),
    )
    .orderBy(asc(auditArchives.period), asc(auditArchives.part));

/** The first of them that have so many events together, and one at the least. */
function upTo(events: number, archives: readonly ArchiveRow[]): ArchiveRow[] {
  let sum = 0;
  const end = archives.findIndex((archive, index) => {
    sum += archive.events ?? 0;
    return index > 0 && sum > events;
  });
  return end < 0 ? [...archives] : archives.slice(0, end);
}

async function mergeAndVerify(
  ctx: Context,
  duck: DuckDb,
  { archive, folder }: Workplace,
  warm: readonly ArchiveRow[],
  storageClass: StorageClass | undefined,
): Promise<StoredArchive> {
  const parts: FetchedArchive[] = [];
  for (const [index, one] of warm.entries()) {
    parts.push(await fetchArchive(ctx, one, path.join(folder, `warm-${index}.parquet`)));
  }
  const parquet = path.join(folder, 'merged.parquet');
  await mergeArchives(duck, parts, folder, parquet);
  for (const { file } of parts) await rm(file);
  const segments = mergedSegments(parts);
  const manifest = await describeArchive(duck, archive, {
    parquet,
    segments,
    statements: mergedStatements(parts),
    cuts: mergedCuts(parts),
  });
  const expected = parts.reduce((sum, part) => sum + part.manifest.rows, 0);
  if (manifest.rows !== expected) {
    throw conflict(`The daily archives have ${expected} events, and what was made of them ${manifest.rows}.`);
  }
  return storeAndVerify(ctx, duck, archive, { parquet, manifest, folder, storageClass });
}
