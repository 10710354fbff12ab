import { constants, createWriteStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { auditArchives } from '@/db/schema/audit-archive';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, LapseError, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { audited, refuse } from '../record';
import { ARCHIVE_COLUMNS } from './archive-columns';
import type { ArchiveRow } from './archive-record';
import { type ArchivedRow, archivedRows } from './archive-rows';
import { checkArchive } from './check-archive';
import { type DuckDb, withDuckDb } from './duckdb';
import { type Manifest, readManifest } from './manifest';
import { withWorkFolder } from './work-folder';

const what = z.union([
  z.strictObject({ archiveId: z.uuid('this is no id of an archive') }),
  z.strictObject({ period: z.iso.date('give a day, such as 2026-11-20; for a month, its first day') }),
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
  const archives = await archivesOf(ctx, which);
  const target = 'period' in which ? `audit-archive:${which.period}` : `audit-archive:${which.archiveId}`;
  return audited(ctx, { action: 'audit.restore', target }, async (event) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files: RestoredFile[] = [];
    for (const archive of archives) files.push(await restoreOne(ctx, archive, folder, format));
    event.note({
      newValue: { archives: files.length, events: files.reduce((sum, each) => sum + each.events, 0) },
    });
    return files;
  });
}

async function archivesOf(ctx: Context, which: z.output<typeof what>): Promise<ArchiveRow[]> {
  const named =
    'archiveId' in which ? eq(auditArchives.id, which.archiveId) : eq(auditArchives.period, which.period);
  const rows = await ctx.db
    .select()
    .from(auditArchives)
    .where(and(named, eq(auditArchives.state, 'verified')))
    .orderBy(asc(auditArchives.tier), asc(auditArchives.part));
  if (rows.length === 0) {
    const name = 'archiveId' in which ? which.archiveId : which.period;
    throw notFound(`There is no verified archive ${name}.`);
  }
  return rows;
}

async function restoreOne(
  ctx: Context,
  archive: ArchiveRow,
  folder: string,
  format: 'ndjson' | 'parquet',
): Promise<RestoredFile> {
  const stem = path.join(folder, `${archive.tier}-${archive.period}.${archive.part}`);
  return withWorkFolder(os.tmpdir(), (work) =>
    withDuckDb(work, async (duck) => {
      const { file: fetched, manifest, manifestText } = await fetchArchive(ctx, duck, archive, work);
      const file = `${stem}.${format}`;
      await refusingToOverwrite(file, async () => {
        if (format === 'ndjson') return writeLines(duck, fetched, file);
        // Named as the manifest names it, so that the folder can be verified without any server.
        await copyFile(fetched, file, constants.COPYFILE_EXCL);
        const beside = { ...manifest, object: path.basename(file) };
        const unchanged = beside.object === manifest.object ? manifestText : JSON.stringify(beside, null, 1);
        await writeFile(`${stem}.manifest.json`, unchanged, { flag: 'wx', mode: 0o600 });
      });
      return { archiveId: archive.id, file, events: manifest.rows };
    }),
  );
}

async function refusingToOverwrite(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw conflict(`${file} is there already and is not overwritten.`);
  }
}

/** Fetches an archive into a folder and verifies it against what the database noted down of it. */
async function fetchArchive(
  ctx: Context,
  duck: DuckDb,
  { objectKey, manifestKey, sha256 }: ArchiveRow,
  work: string,
): Promise<{ file: string; manifest: Manifest; manifestText: string }> {
  const manifestText = await text(await ctx.storage.get(manifestKey));
  const read = readManifest(manifestText);
  if (!read.manifest) throw new LapseError('unavailable', `${manifestKey} cannot be read: ${read.why}.`);
  if (read.manifest.sha256 !== sha256?.toString('hex')) {
    throw new LapseError('unavailable', `${manifestKey} is not the manifest that was verified.`);
  }
  const file = path.join(work, 'archive.parquet');
  await pipeline(await ctx.storage.get(objectKey), createWriteStream(file, { mode: 0o600 }));
  const { damaged, notAsSealed } = await checkArchive(duck, file, read.manifest);
  const [problem] = [...damaged, ...notAsSealed];
  if (problem) throw new LapseError('unavailable', `${objectKey} is not what was verified: ${problem}`);
  return { file, manifest: read.manifest, manifestText };
}

async function writeLines(duck: DuckDb, archive: string, file: string): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    for await (const rows of archivedRows(duck, archive)) yield rows.map(lineOf).join('');
  }
  await pipeline(Readable.from(lines()), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
}

/** By the names of the columns; JSON stays the text that was stored, because another reader might print it otherwise. */
function lineOf({ segment, leaf, event }: ArchivedRow): string {
  const columns = ARCHIVE_COLUMNS.flatMap(({ name, field }) => (field ? [[name, event[field]]] : []));
  return `${JSON.stringify({ segment, leaf, ...Object.fromEntries(columns) })}\n`;
}
