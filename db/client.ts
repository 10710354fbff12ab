import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema';

export type Schema = typeof schema;
export type Database = PostgresJsDatabase<Schema>;
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** Either: for a query that may run on its own or as part of somebody's transaction. */
export type Queryable = Database | Transaction;

export interface DatabaseHandle {
  db: Database;
  /** The driver below Drizzle, for COPY, cursors and LISTEN. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Connections at the most; 10 by default. */
  max?: number;
  /**
   * 'app' (the default) takes the role lapse_app, which can write history but not rewrite it; 'owner' stays what the URL
   * says, for migrations and tests.
   */
  as?: 'app' | 'owner';
  applicationName?: string;
}

// Next may load this module more than once in one process (pages, routes): a pool that one of them opened is known to all.
const holder = globalThis as typeof globalThis & {
  __lapseOpenings?: WeakMap<Database, { url: string; options: ConnectOptions }>;
};
holder.__lapseOpenings ??= new WeakMap();
/** How each pool was opened. */
const openings = holder.__lapseOpenings;

/**
 * Opens a pool on `url`. Nothing connects before the first query. Sessions are in UTC whatever the server's setting.
 * Times come back as Date from columns in Drizzle's default mode and as text, with microseconds, from mode 'string'.
 */
export function connect(url: string, options: ConnectOptions = {}): DatabaseHandle {
  const sql = postgres(url, {
    max: options.max ?? 10,
    idle_timeout: 30,
    connect_timeout: 5,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName ?? 'lapse',
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      ...(options.as === 'owner' ? {} : { role: 'lapse_app' }),
    },
  });
  const db = drizzle(sql, { schema });
  openings.set(db, { url, options });
  return { db, sql, close: () => sql.end({ timeout: 5 }) };
}

/**
 * One further connection to the database of `db`, with the same rights: for COPY, which leaves its connection unusable, and
 * for what a session holds, such as an advisory lock. `close` cuts it off at once.
 */
export function connectBeside(db: Database): Pick<DatabaseHandle, 'sql' | 'close'> {
  const opening = openings.get(db);
  if (!opening) throw new Error('this database was not opened by connect()');
  const { sql } = connect(opening.url, { ...opening.options, max: 1 });
  return { sql, close: () => sql.end({ timeout: 0 }) };
}
