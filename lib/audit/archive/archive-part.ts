import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@/lib/people/context';
import { audited } from '../record';
import { archiveTarget, nextPlace, type StoredArchive } from './archive-record';
import { copyRows } from './copy-rows';
import { describeArchive } from './describe-archive';
import { withDuckDbInTurn } from './duckdb';
import { nextSegments, statementsFor } from './due-segments';
import { lawfullyRemoved } from './lawfully-removed';
import type { ManifestSegment } from './manifest';
import { planRows } from './plan-rows';
import { storeAndVerify } from './store-archive';
import { type Workplace, writeArchive } from './write-archive';
import { writeParquet } from './write-parquet';

export interface ArchivedPart {
  id: string;
  /** The UTC day. */
  day: string;
  part: number;
  segments: number;
  events: number;
  /** Of the object. */
  bytes: number;
}

/**
 * Archives the next segments of a UTC day that have no archive: writes them, reads them back from the storage and verifies
 * them, and only then lets them count (T2, L5). Null when the day has none left. Whatever fails leaves nothing that counts.
 */
export async function archivePart(
  ctx: Context,
  { day, events, parent }: { day: string; events: number; parent: string },
): Promise<ArchivedPart | null> {
  const segments = await nextSegments(ctx.db, day, events);
  if (segments.length === 0) return null;
  const place = await nextPlace(ctx, 'warm', day);
  try {
    return await audited(ctx, { action: 'audit.archive', target: archiveTarget(place) }, async (event) => {
      const { id, manifest } = await writeArchive(ctx, place, { parent, event }, (work) =>
        writeAndVerify(ctx, work, segments),
      );
      const { rows, bytes } = manifest;
      return { id, day, part: place.part, segments: segments.length, events: rows, bytes };
    });
  } catch (error) {
    ctx.log.error({ err: error, day, part: place.part }, 'a day of the audit log could not be archived');
    throw error;
  }
}

/** Postgres copies the events of one day while those of another are packed and checked. */
async function writeAndVerify(
  ctx: Context,
  { archive, folder }: Workplace,
  segments: readonly ManifestSegment[],
): Promise<StoredArchive> {
  const due = segments.map(({ id, window, events }) => ({ id, ...window, events }));
  const removed = await lawfullyRemoved(ctx.db, due);
  const planned = planRows(ctx.db, due, removed.segments);
  const copied = await copyRows(ctx.db, planned, folder);
  return withDuckDbInTurn(folder, async (duck) => {
    const parquet = path.join(folder, 'events.parquet');
    await writeParquet(duck, copied, parquet);
    for (const file of copied.files) await rm(file);
    const described = segments.map((segment) => {
      const gone = removed.segments.get(segment.id);
      return gone ? { ...segment, removed: gone } : segment;
    });
    const statements = await statementsFor(ctx.db, described);
    const contents = { parquet, segments: described, statements, cuts: removed.cuts };
    const manifest = await describeArchive(duck, archive, contents);
    return storeAndVerify(ctx, duck, archive, { parquet, manifest, folder });
  });
}
