import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connectBeside, type Database } from '@/db/client';
import { ARCHIVE_COLUMNS } from './archive-columns';
import { DELIMITER, QUOTE } from './copy-format';
import type { MatchedSegment, PlainSegment, PlannedRows } from './plan-rows';

/** COPY gives a chunk for each row; one by one they would cost more than the rest of the way together. */
const CHUNK_BYTES = 256 * 1024;

/** Rows as COPY writes them, in a file. */
export interface CopiedRows {
  file: string;
  /** Bytes of the longest one. */
  longest: number;
}

/** Streams the planned events out of Postgres into a file, each with its segment and its leaf. Memory stays flat. */
export async function copyRows(
  db: Database,
  planned: AsyncIterable<PlannedRows>,
  file: string,
): Promise<CopiedRows> {
  let longest = 0;
  const seen = ({ length }: Buffer) => {
    if (length > longest) longest = length;
  };
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
      await pipeline(copy, gathered(seen), createWriteStream(file, { flags: 'a', mode: 0o600 }));
    } finally {
      await connection.close();
    }
  }
  return { file, longest };
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

/** `seen` is told of each row. */
function gathered(seen: (row: Buffer) => void): Transform {
  let waiting: Buffer[] = [];
  let bytes = 0;
  const take = () => {
    const all = Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
    return all;
  };
  return new Transform({
    writableHighWaterMark: CHUNK_BYTES,
    transform(chunk: Buffer, _encoding, done) {
      seen(chunk);
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes >= CHUNK_BYTES) done(null, take());
      else done();
    },
    flush(done) {
      if (bytes > 0) done(null, take());
      else done();
    },
  });
}
