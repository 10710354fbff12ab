import path from 'node:path';
import type { DuckDBDataChunk } from '@duckdb/node-api';

/** What a database may use; more is written to its folder. */
type Means = Readonly<Record<string, string>>;

const FOR_ANSWERS: Means = { memory_limit: '150MB' };
/**
 * For reading or writing whole archives. That takes far less, unless thousands of events in a row are tens of kilobytes
 * long: 2,048 of them are held together at the least, several times over. What was read once is not read again.
 */
export const FOR_ARCHIVES: Means = { memory_limit: '1500MB', enable_external_file_cache: 'false' };
const THREADS = '2';
/** Found but not asked for yet. DuckDB counts 16 bytes for a text however long it is, and so reads whole row groups ahead. */
const READ_AHEAD = '64KB';

export type DuckValue = string | number | bigint | boolean | null;

/** Some 2,000 rows. */
export interface DuckColumns {
  rows: number;
  value(column: number, row: number): DuckValue;
}

export interface DuckDb {
  /** Runs a statement for what it does. */
  run(sql: string): Promise<void>;
  /** Runs a statement in one thread that keeps no order by itself: what it copies stays in the order that it is read in. */
  inOneThread(sql: string): Promise<void>;
  /** The rows of a query, some 2,000 at a time, as they are found: never all of them in memory. */
  batches(sql: string): AsyncGenerator<DuckValue[][]>;
  /** The same without an array for each row, which for millions of them takes half of the time. */
  columns(sql: string): AsyncGenerator<DuckColumns>;
  /** All rows of a query that has few. */
  rows(sql: string): Promise<DuckValue[][]>;
}

/**
 * Opens a DuckDB in memory for the time of `work`, and closes it whatever happens. It uses
 * 150 MB and 2 threads unless `means` says otherwise, spills to
 * `folder`, and neither loads nor fetches extensions.
 */
export async function withDuckDb<T>(
  folder: string,
  work: (duck: DuckDb) => Promise<T>,
  means = FOR_ANSWERS,
): Promise<T> {
  // Large and native: whoever archives nothing does not wait for it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    ...means,
    threads: THREADS,
    temp_directory: path.join(folder, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  try {
    const connection = await instance.connect();
    const calls = new Calls();
    const run = (sql: string) => calls.make(() => connection.run(sql));
    try {
      // Rows with a zone would be shown in that of the server.
      await run("set timezone = 'UTC'");
      await run(`set streaming_buffer_size = '${READ_AHEAD}'`);
      async function* chunks(sql: string): AsyncGenerator<DuckDBDataChunk> {
        const result = await calls.make(() => connection.stream(sql));
        for (;;) {
          const chunk = await calls.make(() => result.fetchChunk());
          if (!chunk || chunk.rowCount === 0) return;
          yield chunk;
          // Whoever asks for the next one has read this one. The garbage collector would let go of it as well, but it sees a small
          // object where megabytes of texts are.
          chunk.reset();
        }
      }
      async function* batches(sql: string): AsyncGenerator<DuckValue[][]> {
        for await (const chunk of chunks(sql)) yield chunk.getRows() as DuckValue[][];
      }
      async function* columns(sql: string): AsyncGenerator<DuckColumns> {
        for await (const chunk of chunks(sql)) {
          const value = (column: number, row: number) =>
            chunk.getColumnVector(column).getItem(row) as DuckValue;
          yield { rows: chunk.rowCount, value };
        }
      }
      return await work({
        run: async (sql) => {
          await run(sql);
        },
        inOneThread: async (sql) => {
          await run('set threads = 1; set preserve_insertion_order = false');
          try {
            await run(sql);
          } finally {
            await run(`set threads = ${THREADS}; set preserve_insertion_order = true`);
          }
        },
        batches,
        columns,
        rows: async (sql) => {
          const all: DuckValue[][] = [];
          for await (const some of batches(sql)) all.push(...some);
          return all;
        },
      });
    } finally {
      await calls.end();
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** The same with the means for archives, after whoever else in this process has such a one: two would hold twice the memory. */
export function withDuckDbInTurn<T>(folder: string, work: (duck: DuckDb) => Promise<T>): Promise<T> {
  const mine = turn.then(() => withDuckDb(folder, work, FOR_ARCHIVES));
  turn = mine.catch(() => undefined);
  return mine;
}

/**
 * The calls of a connection that are under way. Who fails in the middle of reading leaves one behind, such as a stream that reads
 * ahead, and a connection that is closed under a call takes the whole process with it.
 */
class Calls {
  readonly #underWay = new Set<Promise<unknown>>();
  #hasEnded = false;

  async make<T>(call: () => Promise<T>): Promise<T> {
    if (this.#hasEnded) throw new Error('this DuckDB is closed');
    const made = call();
    this.#underWay.add(made);
    try {
      return await made;
    } finally {
      this.#underWay.delete(made);
    }
  }

  /** No further call is made, and those under way are over. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    await Promise.allSettled(this.#underWay);
  }
}

/** Reads Parquet files as their columns are, and never takes a folder called `stream=x` for a column. */
export const readParquet = (files: readonly string[], options = ''): string =>
  `read_parquet([${files.map(duckText).join(', ')}], hive_partitioning = false${options && `, ${options}`})`;

/** A text as a literal of SQL. */
export const duckText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
