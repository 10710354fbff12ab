import { constants, createWriteStream } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, LapseError } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { audited, refuse } from '../record';
import { dayClosedBy } from '../seal/segment-day';
import { isStillThere } from '../search/needed-archives';
import { ARCHIVE_COLUMNS } from './archive-columns';
import type { ArchiveRow } from './archive-record';
import { type ArchivedRow, archivedRows } from './archive-rows';
import { checkArchive } from './check-archive';
import { type DuckDb, FOR_ARCHIVES, withDuckDb } from './duckdb';
import { type FetchedArchive, fetchArchive } from './fetch-archive';
import { findRestorable, type RestorableArchive } from './find-restorable';
import type { Manifest } from './manifest';
import { withWorkFolder } from './work-folder';

const what = z.union([
  z.strictObject({ archiveId: z.uuid('this is no id of an archive') }),
  z.strictObject({ day: z.iso.date('give a day, such as 2026-11-20') }),
  z.strictObject({
    month: z.iso.date('give a month, such as 2026-11').endsWith('-01', 'give a month, such as 2026-11'),
  }),
]);
const input = z.strictObject({
  what,
  /** A folder of this machine; it is made when it is not there. */
  folder: z.string().min(1, 'name a folder'),
  format: z.enum(['ndjson', 'parquet'], 'use ndjson or parquet'),
});

export interface RestoredFile {
  archiveId: string;
  file: string;
  events: number;
}

/**
 * Writes archived events to files, every column byte for byte (T3): as NDJSON, an event a line, or as the Parquet object with
 * its manifest. Each archive is verified before its file is written, and no file is overwritten. For whoever reads the audit
 * log. Throws 'not_found', 'forbidden', 'invalid', 'conflict' for a file that is there, and 'unavailable' for an archive
 * that cannot be read or is not what was sealed.
 */
export async function restoreArchive(ctx: Context, args: z.input<typeof input>): Promise<RestoredFile[]> {
  const { what: which, folder, format } = parse(input, args);
  if (!can(ctx.actor, 'audit.read')) return refuse(ctx, {}, 'Only admins and auditors restore archives.');
  const [name] = Object.values(which);
  const archives = await findRestorable(ctx, which);
  return audited(ctx, { action: 'audit.restore', target: `audit-archive:${name}` }, async (event) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = await restoreAll(ctx, archives, {
      folder,
      format,
      again: () => findRestorable(ctx, which),
    });
    event.note({
      newValue: { archives: files.length, events: files.reduce((sum, each) => sum + each.events, 0) },
    });
    return files;
  });
}

interface Restoring {
  folder: string;
  format: 'ndjson' | 'parquet';
  /** Finds the archives anew. */
  again?: () => Promise<RestorableArchive[]>;
}

/** An archive may be replaced or expire, and be removed, after it was found: then its files go, and all begins again, once. */
async function restoreAll(
  ctx: Context,
  archives: readonly RestorableArchive[],
  { again, ...where }: Restoring,
): Promise<RestoredFile[]> {
  const files: RestoredFile[] = [];
  try {
    for (const archive of archives) files.push(await restoreOne(ctx, archive, where.folder, where.format));
    return files;
  } catch (error) {
    if (!again || !(await hasChanged(ctx, archives))) throw error;
    for (const { file } of files) {
      await rm(file, { force: true });
      await rm(file.replace(/\.parquet$/, '.manifest.json'), { force: true });
    }
    return restoreAll(ctx, await again(), where);
  }
}

async function hasChanged(ctx: Context, archives: readonly RestorableArchive[]): Promise<boolean> {
  for (const { archive } of archives) if (!(await isStillThere(ctx.db, archive.id))) return true;
  return false;
}

async function restoreOne(
  ctx: Context,
  restorable: RestorableArchive,
  folder: string,
  format: 'ndjson' | 'parquet',
): Promise<RestoredFile> {
  const { archive } = restorable;
  const restore = async (duck: DuckDb, work: string) => {
    const fetched = await fetchChecked(ctx, duck, archive, work);
    const write =
      format === 'ndjson' ? writeLines(duck, fetched, restorable, folder) : copy(fetched, archive, folder);
    return { archiveId: archive.id, ...(await write) };
  };
  return withWorkFolder(os.tmpdir(), (work) => withDuckDb(work, (duck) => restore(duck, work), FOR_ARCHIVES));
}

type Written = Omit<RestoredFile, 'archiveId'>;

/** The object with its manifest. */
async function copy(
  { file: fetched, manifest, manifestText }: FetchedArchive,
  archive: ArchiveRow,
  folder: string,
): Promise<Written> {
  const stem = path.join(folder, stemOf(archive, null, manifest));
  const file = `${stem}.parquet`;
  await refusingToOverwrite(file, async () => {
    // Named as the manifest names it, so that the folder can be verified without any server.
    await copyFile(fetched, file, constants.COPYFILE_EXCL);
    const beside = { ...manifest, object: path.basename(file) };
    const unchanged = beside.object === manifest.object ? manifestText : JSON.stringify(beside, null, 1);
    await writeFile(`${stem}.manifest.json`, unchanged, { flag: 'wx', mode: 0o600 });
  });
  return { file, events: manifest.rows };
}

/** As warm-2026-11-20.1 or cold-2026-11.1; of a day in a monthly archive, cold-2026-11.1-day-20. */
function stemOf(
  { tier, period, part }: ArchiveRow,
  segments: readonly number[] | null,
  manifest: Manifest,
): string {
  if (tier === 'warm') return `warm-${period}.${part}`;
  const end = manifest.segments.find(({ id }) => id === segments?.[0])?.window.end;
  return `cold-${period.slice(0, 7)}.${part}${end ? `-day-${dayClosedBy(end).slice(8)}` : ''}`;
}

async function refusingToOverwrite<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw conflict(`${file} is there already and is not overwritten.`);
  }
}

/** Fetches an archive into a folder and verifies all of it. */
async function fetchChecked(
  ctx: Context,
  duck: DuckDb,
  archive: ArchiveRow,
  work: string,
): Promise<FetchedArchive> {
  const fetched = await fetchArchive(ctx, archive, path.join(work, 'archive.parquet'));
  const { damaged, notAsSealed } = await checkArchive(duck, fetched.file, fetched.manifest);
  const [problem] = [...damaged, ...notAsSealed];
  if (problem) {
    throw new LapseError('unavailable', `${archive.objectKey} is not what was verified: ${problem}`);
  }
  return fetched;
}

/** An event a line. */
async function writeLines(
  duck: DuckDb,
  fetched: FetchedArchive,
  { archive, segments }: RestorableArchive,
  folder: string,
): Promise<Written> {
  const file = path.join(folder, `${stemOf(archive, segments, fetched.manifest)}.ndjson`);
  const wanted = segments && new Set(segments);
  let events = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const rows of archivedRows(duck, fetched.file)) {
      const some = wanted ? rows.filter(({ segment }) => wanted.has(segment)) : rows;
      events += some.length;
      yield some.map(lineOf).join('');
    }
  }
  await refusingToOverwrite(file, () =>
    pipeline(Readable.from(lines()), createWriteStream(file, { flags: 'wx', mode: 0o600 })),
  );
  return { file, events };
}

/** By the names of the columns; JSON stays the text that was stored, because another reader might print it otherwise. */
function lineOf({ segment, leaf, event }: ArchivedRow): string {
  const columns = ARCHIVE_COLUMNS.flatMap(({ name, field }) => (field ? [[name, event[field]]] : []));
  return `${JSON.stringify({ segment, leaf, ...Object.fromEntries(columns) })}\n`;
}
