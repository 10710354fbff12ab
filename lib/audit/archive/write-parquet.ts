import { ARCHIVE_COLUMNS } from './archive-columns';
import { DELIMITER, QUOTE } from './copy-format';
import { type DuckDb, duckText } from './duckdb';

/** Small ones keep memory low, and let a search leave out more. */
const ROWS_PER_GROUP = 20_480;
/** Bytes of the longest event, with all its values; twice that is held while reading. */
const LONGEST_ROW = 16 * 1024 * 1024;

/**
 * Writes what COPY gave as Parquet, compressed with zstd, in the same order. Nothing is guessed: the columns, their types
 * and what NULL looks like are named, so that '' stays '' and no text becomes a number.
 */
export async function writeParquet(duck: DuckDb, copied: string, parquet: string): Promise<void> {
  const columns = ARCHIVE_COLUMNS.map(({ name, type }) => `'${name}': '${type}'`).join(', ');
  await duck.run(`
    copy (
      select * from read_csv(${duckText(copied)}, auto_detect = false, header = false, columns = {${columns}},
        delim = ${duckText(DELIMITER)}, quote = ${duckText(QUOTE)}, escape = ${duckText(QUOTE)}, nullstr = '',
        allow_quoted_nulls = false, new_line = '\\n', strict_mode = true, encoding = 'utf-8',
        timestampformat = '%Y-%m-%d %H:%M:%S.%f',
        max_line_size = ${LONGEST_ROW}, buffer_size = ${2 * LONGEST_ROW},
        -- A value may hold line ends; only one reader, from the beginning on, is sure to know where a line begins.
        parallel = false)
    ) to ${duckText(parquet)} (format parquet, compression zstd, row_group_size ${ROWS_PER_GROUP})`);
}

export interface ParquetFacts {
  rows: number;
  /** The range of time_started, with microseconds; null without rows. */
  started: { first: string; last: string } | null;
  streams: string[];
}

export async function factsOf(duck: DuckDb, parquet: string): Promise<ParquetFacts> {
  const from = `from read_parquet(${duckText(parquet)})`;
  const format = `'%Y-%m-%dT%H:%M:%S.%fZ'`;
  const [[rows, first, last] = []] = await duck.rows(
    `select count(*)::double, strftime(min(time_started), ${format}), strftime(max(time_started), ${format}) ${from}`,
  );
  const streams = await duck.rows(`select distinct stream ${from} order by stream`);
  return {
    rows: Number(rows),
    started: typeof first === 'string' && typeof last === 'string' ? { first, last } : null,
    streams: streams.map(([stream]) => String(stream)),
  };
}
