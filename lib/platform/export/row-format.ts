import { invalid } from '../errors';
import { CSV_BOM, type CsvCell, csvLine } from './csv';

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What is written row by row, and what is a file of its own kind. */
export type FileFormat = ExportFormat | 'parquet';

export const CONTENT_TYPES: Record<FileFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/** Reads the name of a format. Throws 'invalid', with the value and what is allowed. */
export const exportFormat = (name: string | undefined): ExportFormat => formatAmong(EXPORT_FORMATS, name);

/** The same among those that there are in one place. */
export function formatAmong<F extends FileFormat>(formats: readonly F[], name: string | undefined): F {
  const format = formats.find((known) => known === name);
  if (format) return format;
  const allowed = `use one of ${formats.join(', ')}`;
  const given = name === undefined ? 'none is given' : `${JSON.stringify(name.slice(0, 60))} is not allowed`;
  throw invalid(`format: ${given}: ${allowed}`, { format: allowed });
}

/** How rows are written into a file: what stands before the first, and each of them. */
export interface RowFormat<Row> {
  head: string;
  line(row: Row): string;
}

/** A column for each entry, in this order, under its name. */
export function csvFormat<Row>(columns: Record<string, (row: Row) => CsvCell>): RowFormat<Row> {
  const cells = Object.values(columns);
  return {
    head: CSV_BOM + csvLine(Object.keys(columns)),
    line: (row) => csvLine(cells.map((cell) => cell(row))),
  };
}

/** A JSON document on each line, ended by a line feed. JSON has no line feed within a document that is not escaped. */
export function ndjsonFormat<Row>(toDocument: (row: Row) => Record<string, unknown>): RowFormat<Row> {
  return { head: '', line: (row) => `${JSON.stringify(toDocument(row))}\n` };
}

/** Takes a piece of a file; resolves when the next one is wanted, and throws when nobody reads any more. Texts become UTF-8. */
export type Write = (piece: string | Uint8Array) => Promise<void>;

/**
 * Writes a file of rows, a batch at a time, so that one batch is in memory however many there are. `onWritten` hears of
 * the rows of each batch once they were taken.
 */
export async function writeRows<Row>(
  format: RowFormat<Row>,
  batches: AsyncIterable<readonly Row[]>,
  write: Write,
  onWritten: (rows: number) => void,
): Promise<void> {
  let waiting = format.head;
  for await (const rows of batches) {
    await write(waiting + rows.map(format.line).join(''));
    waiting = '';
    onWritten(rows.length);
  }
  if (waiting !== '') await write(waiting);
}

/** A name that every file system takes and that needs no quoting anywhere: 'consent-history-20261121T090000Z.csv'. */
export function exportFileName(subject: string, format: FileFormat, at: Date): string {
  const instant = at.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${subject}-${instant}.${format}`;
}
