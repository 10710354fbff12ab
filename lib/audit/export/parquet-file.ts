import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { DELIMITER, QUOTE } from '../archive/copy-format';
import { type DuckDb, readParquet } from '../archive/duckdb';
import { copiedRows, type Packing, writeRows } from '../archive/write-parquet';
import type { SealedFields } from '../seal/encoding';
import { EXPORT_FIELDS, type ExportField, exportCells } from './export-format';

/** Bytes that wait as text, about, before they are packed. */
const TEXT_BYTES = 32 * 1024 * 1024;
const PART: Packing = { rows: 20_480, level: 1, version: 1 };
const WHOLE: Packing = { rows: 122_880, level: 6, version: 1 };

/** How a field stands in the file, and how it is read again; texts otherwise. */
const TYPES: Partial<Record<ExportField, 'uuid' | 'timestamptz'>> = {
  id: 'uuid',
  time_started: 'timestamptz',
  time_completed: 'timestamptz',
};

/**
 * Writes events into one Parquet file (zstd) in the order in which they come, within the memory of one DuckDB however many there
 * are: as text in `folder`, packed part by part, and joined at the end.
 */
export class ParquetFile {
  readonly #file: string;
  readonly #parts: string[] = [];
  readonly #written = createHash('sha256');
  #rows = 0;
  #text: FileHandle | null = null;
  #textBytes = 0;
  /** Bytes of the longest line so far. */
  #longest = 0;

  constructor(
    private readonly duck: DuckDb,
    private readonly folder: string,
  ) {
    this.#file = path.join(folder, 'events.parquet');
  }

  async add(events: readonly SealedFields[]): Promise<void> {
    const rows = events.map(exportCells);
    for (const cells of rows) noteRow(this.#written, cells);
    this.#rows += rows.length;
    this.#text ??= await open(this.#textFile, 'w', 0o600);
    const lines = rows.map((cells) => Buffer.from(copyLine(cells), 'utf8'));
    for (const { length } of lines) this.#longest = Math.max(this.#longest, length);
    const { bytesWritten } = await this.#text.write(Buffer.concat(lines));
    this.#textBytes += bytesWritten;
    if (this.#textBytes >= TEXT_BYTES) await this.#pack();
  }

  /** Joins what was added; returns where the file is. Throws when it does not read back as it was written. */
  async finish(): Promise<string> {
    if (this.#text || this.#parts.length === 0) await this.#pack();
    await writeRows(this.duck, `select * from ${readParquet(this.#parts)}`, this.#file, WHOLE);
    for (const part of this.#parts) await rm(part);
    await this.#check();
    return this.#file;
  }

  get #textFile(): string {
    return path.join(this.folder, 'events.text');
  }

  async #pack(): Promise<void> {
    this.#text ??= await open(this.#textFile, 'w', 0o600);
    await this.#text.close();
    this.#text = null;
    this.#textBytes = 0;
    const part = path.join(this.folder, `part-${this.#parts.length}.parquet`);
    const columns = EXPORT_FIELDS.map((name) => ({ name, type: 'VARCHAR' }));
    const text = copiedRows({ files: [this.#textFile], longest: this.#longest }, columns);
    const rows = `select ${EXPORT_FIELDS.map(packed).join(', ')} from ${text}`;
    await writeRows(this.duck, rows, part, PART);
    this.#parts.push(part);
    await rm(this.#textFile);
  }

  async #check(): Promise<void> {
    const read = createHash('sha256');
    let rows = 0;
    const all = `select ${EXPORT_FIELDS.map(unpacked).join(', ')} from ${readParquet([this.#file])}`;
    for await (const batch of this.duck.batches(all)) {
      for (const cells of batch) noteRow(read, cells as (string | null)[]);
      rows += batch.length;
    }
    if (rows !== this.#rows || !read.digest().equals(this.#written.digest())) {
      throw new Error(`a Parquet file of ${this.#rows} events does not read back as it was written`);
    }
  }
}

const packed = (name: ExportField): string => {
  const type = TYPES[name];
  return type ? `${name}::${type} as ${name}` : name;
};

const unpacked = (name: ExportField): string => {
  if (TYPES[name] === 'uuid') return `${name}::varchar`;
  return TYPES[name] === 'timestamptz'
    ? `strftime(${name} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`
    : name;
};

const noteRow = (hash: Hash, cells: readonly (string | null)[]) => hash.update(`${JSON.stringify(cells)}\n`);

const copyLine = (cells: readonly (string | null)[]): string => `${cells.map(copyCell).join(DELIMITER)}\n`;

const copyCell = (cell: string | null): string =>
  cell === null ? '' : `${QUOTE}${cell.replaceAll(QUOTE, QUOTE + QUOTE)}${QUOTE}`;
