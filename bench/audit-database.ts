import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type DatabaseHandle } from '@/db/client';
import { startEmbeddedPostgres } from '@/db/embedded/server';
import { migrate } from '@/db/migrate';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { contextOn } from './database';

type Sql = DatabaseHandle['sql'];

export interface AuditDatabase extends DatabaseHandle {
  /** Of the owner of the tables. */
  url: string;
  /** A folder that is thrown away afterwards. */
  folder: string;
}

/** Runs a measurement on a database of its own, with no events in it, and throws it away, also when `measure` throws. */
export async function withAuditDatabase(measure: (database: AuditDatabase) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lapse-bench-'));
  process.env.LAPSE_DATA_DIR = path.join(folder, 'data');
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres') });
  try {
    await migrate(server.url);
    const handle = connect(server.url, { as: 'owner', max: 10, applicationName: 'lapse bench' });
    try {
      await measure({ ...handle, url: server.url, folder });
    } finally {
      await handle.close();
    }
  } finally {
    await server.stop();
    rmSync(server.home, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For verbs, with a folder as object storage. */
export async function contextWithStorage({ db, folder }: AuditDatabase): Promise<Context> {
  const storage = new FolderStorage(path.join(folder, 'objects'));
  await storage.prepare();
  return { ...contextOn(db), storage };
}

export interface Filling {
  events: number;
  /** How far back they go, evenly, in days of 24 hours. */
  days: number;
  /** Before which instant they end; a minute ago when it is left out. */
  until?: Date;
  into?: 'audit_events' | 'plain_events';
}

/** Events of 500 people, 20 actions and 2,000 targets, with values of some hundred bytes; the same for the same arguments. */
export async function fillEvents(sql: Sql, filling: Filling): Promise<void> {
  const { events, days, into = 'audit_events', until = new Date(Date.now() - 60_000) } = filling;
  await sql`select ensure_audit_partitions(${until.toISOString()}::timestamptz - ${days} * interval '1 day', now())`;
  const indexes = await sql<{ name: string; definition: string }[]>`
    select indexname as name, indexdef as definition from pg_indexes where tablename = ${into} and indexdef not like 'CREATE UNIQUE%'`;
  // An index is made in a fraction of the time that it takes to add to it row by row.
  for (const { name } of indexes) await sql`drop index ${sql(name)}`;
  const half = Math.ceil(events / 2);
  await Promise.all([
    insertEvents(sql, { events, days, into, until }, 1, half),
    insertEvents(sql, { events, days, into, until }, half + 1, events),
  ]);
  for (const { definition } of indexes) {
    await sql.begin(async (tx) => {
      await tx`set local maintenance_work_mem = '512MB'`;
      await tx.unsafe(definition.replace(' ON ONLY ', ' ON '));
    });
  }
}

/** Those numbered `first` to `last` of all. The ids of one way of storing them are the ids of the other. */
async function insertEvents(
  sql: Sql,
  { events, days, into, until }: Required<Filling>,
  first: number,
  last: number,
): Promise<void> {
  await sql`insert into ${sql(into)} (id, stream, time_started, time_completed, result, action, actor, actor_details, target, new_value, reason)
    select md5('event ' || n)::uuid, 'bench', at, at, 'success', 'thing.do-' || n % 20, 'user:' || n * 7 % 500,
      '{"details":{"type":"user","address":"192.0.2.1"},"pushedBy":"cli:bench","sourceId":null}', 'challenge:' || n * 13 % 2000,
      jsonb_build_object('n', n, 'text', md5(n::text), 'more', md5((n + 1)::text)), 'because of ' || md5((n / 10)::text)
    from (select n, ${until.toISOString()}::timestamptz - (${events} - n + 1) * (${days} * interval '1 day' / ${events}) as at
      from generate_series(${first}::int, ${last}::int) n) events`;
}

/** The same columns and indexes as audit_events has, in one table, with nothing that guards it: the naive way. */
export async function makePlainTable(sql: Sql): Promise<void> {
  await sql`create table plain_events (like audit_events including defaults including generated including indexes)`;
}

export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const begun = performance.now();
  const result = await work();
  return { result, ms: performance.now() - begun };
}

/** Milliseconds below which so many percent of them are. */
export function percentile(milliseconds: readonly number[], percent: number): number {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

export const count = (number: number): string => number.toLocaleString('en-GB');

/** An instant so many days of 24 hours before now, as text. */
export function daysAgo(days: number): string {
  return addDays(new Date(), -days).toISOString();
}
