import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { audited } from '../record';
import { archiveKeys } from './archive-keys';
import { type ArchiveRow, failArchive, nextPlace, openArchive, settleArchive } from './archive-record';
import { digestOf } from './check-archive';
import { copyRows } from './copy-rows';
import { type DuckDb, withDuckDb } from './duckdb';
import { nextSegments, statementsFor } from './due-segments';
import { MANIFEST_FORMAT, type Manifest, type ManifestSegment } from './manifest';
import { planRows } from './plan-rows';
import { readBack, storeArchive } from './store-archive';
import { withWorkFolder } from './work-folder';
import { factsOf, writeParquet } from './write-parquet';

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
  const place = await nextPlace(ctx, day);
  const subject = { action: 'audit.archive', target: `audit-archive:${day}.${place.part}` } as const;
  try {
    return await audited(ctx, subject, async (event) => {
      const archive = await openArchive(ctx, place);
      try {
        const manifest = await withWorkFolder(parent, (folder) =>
          withDuckDb(folder, (duck) => writeAndVerify(ctx, duck, { archive, segments, folder })),
        );
        const { rows, bytes, sha256 } = manifest;
        await ctx.db.transaction(async (tx) => {
          await settleArchive(ctx, tx, archive, manifest);
          await event.succeed(tx, { newValue: { segments: segments.length, events: rows, bytes, sha256 } });
        });
        return { id: archive.id, day, part: place.part, segments: segments.length, events: rows, bytes };
      } catch (error) {
        await failArchive(ctx, archive, whyOf(error));
        throw error;
      }
    });
  } catch (error) {
    ctx.log.error({ err: error, day, part: place.part }, 'a day of the audit log could not be archived');
    throw error;
  }
}

/** Only messages made for people are kept; a fault may hold data. */
export const whyOf = (error: unknown): string =>
  error instanceof LapseError
    ? error.message
    : `A fault of Lapse or of what it stands on (${error instanceof Error ? error.name : 'unknown'}); the server's log has the details.`;

interface Work {
  archive: ArchiveRow;
  segments: readonly ManifestSegment[];
  folder: string;
}

async function writeAndVerify(
  ctx: Context,
  duck: DuckDb,
  { archive, segments, folder }: Work,
): Promise<Manifest> {
  const copied = path.join(folder, 'events.csv');
  const parquet = path.join(folder, 'events.parquet');
  const due = segments.map(({ id, window, events }) => ({ id, ...window, events }));
  await copyRows(ctx.db, planRows(ctx.db, due), copied);
  await writeParquet(duck, copied, parquet);
  await rm(copied);
  const manifest = await manifestOf(ctx, duck, { archive, segments, folder }, parquet);
  await storeArchive(ctx, archive, parquet, manifest);
  await rm(parquet);
  await readBack(ctx, duck, archive, manifest, folder);
  return manifest;
}

async function manifestOf(
  ctx: Context,
  duck: DuckDb,
  { archive: { period, part }, segments }: Work,
  parquet: string,
): Promise<Manifest> {
  const { sha256, bytes } = await digestOf(parquet);
  return {
    format: MANIFEST_FORMAT,
    tier: 'warm',
    period,
    part,
    object: archiveKeys('warm', period, part).name,
    ...(await factsOf(duck, parquet)),
    bytes,
    sha256: sha256.toString('hex'),
    segments: [...segments],
    statements: await statementsFor(ctx.db, segments),
  };
}
