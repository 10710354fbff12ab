import { ARCHIVE_COLUMNS } from './archive-columns';
import { DELIMITER, QUOTE } from './copy-format';
import type { CopiedRows } from './copy-rows';
import { type DuckDb, duckText } from './duckdb';

/** Bytes that are read at once, several times over, at the least; of longer rows two have to fit. */
const BUFFER_BYTES = 2 * 1024 * 1024;
/** Uncompressed bytes of a row group: it is held while it is written, and again while it is read. */
const GROUP_BYTES = 16 * 1024 * 1024;

/** How an archive is packed: a tier that is read less often is packed harder. */
export interface Packing {
  /** Of a row group at the most; it ends earlier once it is large. Small ones let a search leave out more. */
  rows: number;
  /** Of zstd, 1 to 22. */
  level: number;
  /** Of Parquet; 2 has encodings of differences, for times and lengths. */
  version: 1 | 2;
}

export const WARM_PACKING: Packing = { rows: 20_480, level: 3, version: 1 };

/**
 * Writes what COPY gave as Parquet, compressed with zstd, in the same order. Nothing is guessed: the columns, their types
 * and what NULL looks like are named, so that '' stays '' and no text becomes a number.
 */
export async function writeParquet(duck: DuckDb, copied: CopiedRows, parquet: string): Promise<void> {
  await writeRows(duck, `select * from ${copiedRows(copied, ARCHIVE_COLUMNS)}`, parquet, WARM_PACKING);
}

/** Files in the format of COPY as a table, in DuckDB's SQL. */
export function copiedRows(
  { files, longest }: CopiedRows,
  all: readonly { name: string; type: string }[],
): string {
  const buffer = Math.max(BUFFER_BYTES, 2 * longest);
  const columns = all.map(({ name, type }) => `'${name}': '${type}'`).join(', ');
  return `
    read_csv([${files.map(duckText).join(', ')}], auto_detect = false, hive_partitioning = false, header = false, columns = {${columns}},
      delim = ${duckText(DELIMITER)}, quote = ${duckText(QUOTE)}, escape = ${duckText(QUOTE)}, nullstr = '',
      allow_quoted_nulls = false, new_line = '\\n', strict_mode = true, encoding = 'utf-8',
      max_line_size = ${buffer / 2}, buffer_size = ${buffer},
      -- A value may hold line ends; only one reader, from the beginning on, is sure to know where a line begins.
      parallel = false)`;
}

/**
 * Writes the rows of a query as Parquet, in its order: one thread writes what it reads, which is checked when the archive is
 * read back. A row group ends by its bytes, so that memory stays the same however long the events are.
 */
export async function writeRows(
  duck: DuckDb,
  query: string,
  parquet: string,
  { rows, level, version }: Packing,
): Promise<void> {
  await duck.inOneThread(`
    copy (${query}) to ${duckText(parquet)}
    (format parquet, parquet_version v${version}, compression zstd, compression_level ${level},
      row_group_size ${rows}, row_group_size_bytes ${GROUP_BYTES})`);
}
