import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { connectBeside, type Database } from '@/db/client';
import { ARCHIVE_COLUMNS } from './archive-columns';
import { DELIMITER, QUOTE } from './copy-format';
import type { MatchedSegment, PlainSegment, PlannedRows } from './plan-rows';

/**
 * Bytes of one file, about. DuckDB gives back what it has read of a file when it is through with it, so this much is held of
 * all that is copied.
 */
const FILE_BYTES = 16 * 1024 * 1024;

/** Bytes that are written at once, about: COPY gives a tenth of them at a time. */
const WRITE_BYTES = 512 * 1024;

/** Rows as COPY writes them, in files that are read one after the other; none of them ends within a row. */
export interface CopiedRows {
  files: readonly string[];
  /** Bytes that no row is longer than. */
  longest: number;
}

/** Streams the planned events out of Postgres into files of a folder, each with its segment and its leaf. Memory stays flat. */
export async function copyRows(
  db: Database,
  planned: AsyncIterable<PlannedRows>,
  folder: string,
  { fileBytes = FILE_BYTES } = {},
): Promise<CopiedRows> {
  const files = new RowFiles(folder, fileBytes);
  let longest = 0;
  try {
    // One COPY a connection: after that postgres.js leaves it unusable.
    for await (const rows of planned) {
      const connection = connectBeside(db);
      try {
        const query = rows.kind === 'plain' ? plainRows(rows.segments) : matchedRows(rows.segment);
        const copy = await connection.sql
          .unsafe(
            `copy (${query}) to stdout
             (format csv, delimiter '${DELIMITER}', quote '${QUOTE}', escape '${QUOTE}', null '', force_quote *)`,
          )
          .readable();
        // COPY gives a chunk for each row; what came of them meanwhile is read at once, always in whole rows. One by one they would
        // take longer than the rest of the way together.
        for await (const some of copy as AsyncIterable<Buffer>) {
          longest = Math.max(longest, some.length);
          await files.write(some);
        }
      } finally {
        await connection.close();
      }
    }
    await files.finish();
  } finally {
    await files.close();
  }
  return { files: files.written, longest };
}

/** Writes one file after the other, each until it is full. */
class RowFiles {
  readonly written: string[] = [];
  #open: FileHandle | null = null;
  #bytes = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(
    private readonly folder: string,
    private readonly fileBytes: number,
  ) {}

  /** `rows` ends with the end of a row. */
  async write(rows: Buffer): Promise<void> {
    this.#waiting.push(rows);
    this.#waitingBytes += rows.length;
    if (this.#waitingBytes >= Math.min(WRITE_BYTES, this.fileBytes)) await this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    this.#open ??= await this.#next();
    await this.#open.writeFile(Buffer.concat(this.#waiting));
    this.#bytes += this.#waitingBytes;
    [this.#waiting, this.#waitingBytes] = [[], 0];
    if (this.#bytes >= this.fileBytes) await this.close();
  }

  async #next(): Promise<FileHandle> {
    const file = path.join(this.folder, `events-${this.written.length}.csv`);
    const handle = await open(file, 'wx', 0o600);
    this.written.push(file);
    this.#bytes = 0;
    return handle;
  }

  /** Writes what waits. Of a segment whose events were all removed nothing is copied, and that is read as well. */
  async finish(): Promise<void> {
    if (this.#waitingBytes > 0 || this.written.length === 0) await this.#writeWaiting();
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = null;
  }
}

const columns = ARCHIVE_COLUMNS.map(({ fromPostgres }) => fromPostgres).join(', ');
const ofEvent = ARCHIVE_COLUMNS.flatMap(({ name, field }) => (field ? `f.${name}` : [])).join(', ');

/** In a window that holds exactly the events of its segment, the order of the tree gives each its leaf. */
function plainRows(segments: readonly PlainSegment[]): string {
  const windows = segments.map(({ id, start, end }) => `(${id}::bigint, ${literal(start)}, ${literal(end)})`);
  return `
    select ${columns}
    from (values ${windows.join(', ')}) g (segment, first, until)
    cross join lateral (
      select row_number() over (order by f.time_completed, f.id) - 1 as leaf, ${ofEvent}
      from audit_events f
      where f.time_completed >= g.first and f.time_completed < g.until
      order by f.time_completed, f.id
    ) e`;
}

/** In the other windows the leaf was found by its hash. */
function matchedRows({ id, rows }: MatchedSegment): string {
  const leaves = rows.map(({ leaf }) => leaf).join(',');
  const times = rows.map(({ timeStarted }) => `"${timeStarted}"`).join(',');
  const ids = rows.map((row) => row.id).join(',');
  return `
    select ${columns}
    from (
      select ${id}::bigint as segment, r.leaf, r.time_started, r.id
      from unnest('{${leaves}}'::bigint[], '{${times}}'::timestamptz[], '{${ids}}'::uuid[]) r (leaf, time_started, id)
    ) w
    join audit_events e on e.time_started = w.time_started and e.id = w.id
    order by w.leaf`;
}

const INSTANT = /^[0-9T:.-]+Z$/;

/** COPY takes no parameters. The instants are our own; this holds should that ever change. */
function literal(instant: string): string {
  if (!INSTANT.test(instant)) throw new Error(`${instant} is no instant`);
  return `'${instant}'::timestamptz`;
}
