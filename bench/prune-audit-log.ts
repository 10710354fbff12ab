/**
 * Pruning half of the audit log (O3): whole weeks detached and dropped, against one DELETE and a VACUUM on a plain table with
 * the same rows and indexes; then batches with a watermark, against batches without one, while a reader holds an old snapshot.
 *
 *   npx tsx bench/prune-audit-log.ts [--events 200000]
 */

import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DatabaseHandle } from '@/db/client';
import { pruneWithoutArchive } from '@/lib/audit/prune/prune-hot';
import { SETTLING_MS, sealEvents } from '@/lib/audit/seal/seal-events';
import { makeSigningKey, readSigningKey } from '@/lib/audit/seal/signing-key';
import { fixedClock } from '@/lib/platform/clock';
import {
  type AuditDatabase,
  count,
  fillEvents,
  makePlainTable,
  percentile,
  timed,
  withAuditDatabase,
} from './audit-database';
import { contextOn, seconds } from './database';
import { megabytes, peakMemory } from './memory';

type Sql = DatabaseHandle['sql'];
type Table = 'audit_events' | 'plain_events';

const { values } = parseArgs({ options: { events: { type: 'string', default: '200000' } } });
const EVENTS = Number(values.events);
const DAYS = 112;
const BATCH = 2_000;
/** Of what is left, as many as are deleted in batches. */
const IN_BATCHES = Math.min(100_000, Math.floor(EVENTS / 8));

await withAuditDatabase(async (database) => {
  const { sql, db, url } = database;
  await makePlainTable(sql);
  const filling = await timed(async () => {
    await fillEvents(sql, { events: EVENTS, days: DAYS });
    await fillEvents(sql, { events: EVENTS, days: DAYS, into: 'plain_events' });
    await sql`vacuum analyze audit_events`;
    await sql`vacuum analyze plain_events`;
  });
  console.log(`fill     ${count(EVENTS)} events over ${DAYS} days, twice: ${seconds(filling.ms)}`);

  const keys = { current: readSigningKey(makeSigningKey()) };
  const ctx = { ...contextOn(db), clock: fixedClock(new Date(Date.now() + SETTLING_MS + 60_000)) };
  await sealEvents(ctx, { keys });

  const naive = await cost(database, 'plain_events', async () => {
    await sql`delete from plain_events where time_completed < now() - ${DAYS / 2} * interval '1 day'`;
    await sql`vacuum plain_events`;
  });
  console.log(`prune    one DELETE of half, and a VACUUM: ${say(naive)}`);
  const {
    peak,
    before,
    result: ours,
  } = await peakMemory(() =>
    cost(database, 'audit_events', async () => {
      const pruned = await pruneWithoutArchive(ctx, { keys, hotDays: DAYS / 2, ownerUrl: url });
      if (pruned.partitionsDropped === 0) throw new Error(JSON.stringify(pruned));
    }),
  );
  console.log(`         whole weeks dropped, the rest in batches: ${say(ours)}`);
  console.log(
    `         ${(naive.ms / ours.ms).toFixed(1)} times as fast, ${(naive.wal / ours.wal).toFixed(0)} times less WAL; memory ${megabytes(before)} before, ${megabytes(peak)} at the most`,
  );
  await inBatches(database, ctx, keys);
});

async function inBatches(
  { sql, url }: AuditDatabase,
  ctx: Parameters<typeof pruneWithoutArchive>[0],
  keys: Parameters<typeof pruneWithoutArchive>[1]['keys'],
): Promise<void> {
  // As a report that runs for long does: nothing that is deleted from now on can be forgotten.
  const reader = await sql.reserve();
  try {
    await reader`begin isolation level repeatable read`;
    await reader`select count(*) from plain_events`;
    const naive = await timed(async () => {
      for (let gone = 0; gone < IN_BATCHES; gone += BATCH) {
        await sql`delete from plain_events where id in (
          select id from plain_events where time_completed < now() - ${DAYS / 4} * interval '1 day'
          order by time_completed, id limit ${BATCH})`;
      }
    });
    const ours = await timed(() =>
      pruneWithoutArchive(ctx, {
        keys,
        hotDays: DAYS / 4,
        ownerUrl: url,
        dropPartitions: false,
        maxDeleted: IN_BATCHES,
      }),
    );
    if (ours.result.rowsDeleted !== IN_BATCHES) throw new Error(JSON.stringify(ours.result));
    console.log(
      `batches  ${count(IN_BATCHES)} of ${count(BATCH)}, under an open snapshot, no watermark: ${seconds(naive.ms)}`,
    );
    console.log(
      `         with a watermark: ${seconds(ours.ms)}, ${(naive.ms / ours.ms).toFixed(1)} times as fast`,
    );
    await reader`commit`;
  } finally {
    reader.release();
  }
}

interface Cost {
  ms: number;
  /** Bytes of write-ahead log. */
  wal: number;
  /** Bytes that the file system has again. */
  freed: number;
  /** Of inserts into the same table meanwhile, in milliseconds. */
  p99: number;
}

/** What `work` costs, and what it does to one writer that inserts all the time. */
async function cost({ sql }: AuditDatabase, table: Table, work: () => Promise<void>): Promise<Cost> {
  await sql`checkpoint`;
  const [size, position] = [await sizeOf(sql, table), await walPosition(sql)];
  const inserts: number[] = [];
  let done = false;
  const writer = (async () => {
    while (!done) inserts.push((await timed(() => insertOne(sql, table))).ms);
  })();
  const { ms } = await timed(work).finally(() => {
    done = true;
  });
  await writer;
  const [row] = await sql<
    { bytes: string }[]
  >`select pg_wal_lsn_diff(pg_current_wal_lsn(), ${position}) as bytes`;
  return {
    ms,
    wal: Number(row?.bytes),
    freed: size - (await sizeOf(sql, table)),
    p99: percentile(inserts, 99),
  };
}

function say({ ms, wal, freed, p99 }: Cost): string {
  return `${seconds(ms)}, ${megabytes(wal)} of WAL, ${megabytes(freed)} given back, inserts meanwhile p99 ${p99.toFixed(1)} ms`;
}

async function insertOne(sql: Sql, table: Table): Promise<void> {
  await sql`insert into ${sql(table)} (id, stream, time_started, time_completed, result, action, actor, actor_details)
    values (${randomUUID()}, 'bench', now(), now(), 'success', 'thing.do', 'user:1', '{}')`;
}

async function walPosition(sql: Sql): Promise<string> {
  const [row] = await sql<{ position: string }[]>`select pg_current_wal_lsn()::text as position`;
  if (!row) throw new Error('no position');
  return row.position;
}

/** Bytes of the table and its indexes, with all its partitions. */
async function sizeOf(sql: Sql, table: Table): Promise<number> {
  const [row] = await sql<{ bytes: string }[]>`
    select sum(pg_total_relation_size(relid))::text as bytes from pg_partition_tree(${table}::regclass)`;
  const [plain] = await sql<
    { bytes: string }[]
  >`select pg_total_relation_size(${table}::regclass)::text as bytes`;
  return Number(row?.bytes ?? plain?.bytes);
}
