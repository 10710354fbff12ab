import path from 'node:path';
import { ARCHIVE_COLUMNS } from './archive-columns';
import { type DuckDb, readParquet } from './duckdb';
import type { FetchedArchive } from './fetch-archive';
import type { ManifestCut, ManifestLink, ManifestSegment } from './manifest';
import { type Packing, writeRows } from './write-parquet';

type Part = Pick<FetchedArchive, 'file' | 'manifest'>;

/**
 * Measured on CloudTrail events, beside the daily archives: a fifth less, at a third of the speed. Level 19 saves another
 * twentieth and takes six times as long; larger row groups save little and need more memory.
 */
export const COLD_PACKING: Packing = { rows: 122_880, level: 12, version: 2 };

/** The segments of some archives in the order of a merged one, which is that of their ids. */
export const mergedSegments = (parts: readonly Part[]): ManifestSegment[] =>
  parts.flatMap(({ manifest }) => manifest.segments).sort((a, b) => a.id - b.id);

/** The cuts that the segments of some archives name, each once, in order. */
export function mergedCuts(parts: readonly Part[]): ManifestCut[] {
  const all = parts.flatMap(({ manifest }) => manifest.cuts ?? []);
  const byStatement = new Map(all.map((cut) => [cut.statement, cut]));
  return [...byStatement.values()].sort((a, b) => a.statement - b.statement);
}

/** The statements of the chain that some archives carry beside their checkpoints, each once, in order. */
export function mergedStatements(parts: readonly Part[]): ManifestLink[] {
  const all = parts.flatMap(({ manifest }) => manifest.statements);
  const bySequence = new Map(all.map((link) => [link.sequence, link]));
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
}

/**
 * Writes the events of some archives into one, in the order of segment and leaf, packed harder. Memory stays flat: each file
 * is read from its beginning to its end, and what was sealed late, between the segments of other files, is first cut out.
 */
export async function mergeArchives(
  duck: DuckDb,
  parts: readonly Part[],
  folder: string,
  parquet: string,
): Promise<void> {
  const files: string[] = [];
  const runs = runsOf(parts);
  for (const [index, run] of runs.entries()) {
    const isWhole = runs.filter(({ file }) => file === run.file).length === 1;
    files.push(isWhole ? run.file : await cutOut(duck, run, path.join(folder, `run-${index}.parquet`)));
  }
  await writeRows(duck, rowsOf(files), parquet, COLD_PACKING);
}

/** Segments of one file that no segment of another file comes between. */
interface Run {
  file: string;
  first: number;
  last: number;
}

function runsOf(parts: readonly Part[]): Run[] {
  const ids = parts.flatMap(({ file, manifest }) => manifest.segments.map(({ id }) => ({ file, id })));
  const runs: Run[] = [];
  for (const { file, id } of ids.sort((a, b) => a.id - b.id)) {
    const run = runs.at(-1);
    if (run?.file === file) run.last = id;
    else runs.push({ file, first: id, last: id });
  }
  return runs;
}

async function cutOut(duck: DuckDb, { file, first, last }: Run, part: string): Promise<string> {
  await writeRows(duck, `${rowsOf([file])} where segment between ${first} and ${last}`, part, {
    ...COLD_PACKING,
    level: 1,
  });
  return part;
}

const rowsOf = (files: readonly string[]): string =>
  `select ${ARCHIVE_COLUMNS.map(({ name }) => name).join(', ')} from ${readParquet(files)}`;
