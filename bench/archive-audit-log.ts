/**
 * Moving two weeks of the audit log out of the hot tier (T2): copied to Parquet, stored, read back, every root hashed anew, and
 * only then their partitions dropped; against the naive way, on a plain table with the same rows and indexes: select all,
 * JSON.stringify, gzip, store, DELETE, VACUUM. Then the archives become a monthly one.
 *
 *   npx tsx bench/archive-audit-log.ts [--events 100000]
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs, promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { connect, type DatabaseHandle } from '@/db/client';
import { archiveDue } from '@/lib/audit/archive/archive-due';
import { compactDue } from '@/lib/audit/archive/compact-due';
import { removeDue } from '@/lib/audit/archive/remove-due';
import { pruneArchived } from '@/lib/audit/prune/prune-hot';
import { SETTLING_MS, sealEvents } from '@/lib/audit/seal/seal-events';
import { makeSigningKey, readSigningKey } from '@/lib/audit/seal/signing-key';
import type { Context } from '@/lib/people/context';
import { addDays, fixedClock } from '@/lib/platform/clock';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import {
  type AuditDatabase,
  contextWithStorage,
  count,
  fillEvents,
  makePlainTable,
  timed,
  withAuditDatabase,
} from './audit-database';
import { seconds } from './database';
import { megabytes, peakMemory } from './memory';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    /** For the process of its own that goes the naive way: the database, and the folder of the objects. */
    naive: { type: 'string' },
    objects: { type: 'string', default: '' },
  },
});
const EVENTS = Number(values.events);
const DAYS = 14;

interface Cost {
  ms: number;
  /** Bytes in memory at the most. */
  peak: number;
  /** Of the objects. */
  stored: number;
}

if (values.naive !== undefined) await goTheNaiveWay(values.naive, values.objects);
else await withAuditDatabase(measure);

async function measure(database: AuditDatabase): Promise<void> {
  const { sql, url, folder } = database;
  await makePlainTable(sql);
  const filling = await timed(async () => {
    const until = lastMonday(new Date());
    await fillEvents(sql, { events: EVENTS, days: DAYS, until });
    await fillEvents(sql, { events: EVENTS, days: DAYS, until, into: 'plain_events' });
    await sql`vacuum analyze audit_events`;
    await sql`vacuum analyze plain_events`;
  });
  console.log(`fill     ${count(EVENTS)} events of ${DAYS} days, twice: ${seconds(filling.ms)}`);
  const ours = await goOurWay(database);
  const naive = await inProcessOfItsOwn(url, path.join(folder, 'naive'));
  console.log(`naive    select all, stringify, gzip, store, DELETE, VACUUM: ${say(naive)}`);
  console.log(
    `         ours takes ${ratio(ours.ms, naive.ms)} of its time, ${ratio(ours.peak, naive.peak)} of its memory and ${ratio(ours.stored, naive.stored)} of its room`,
  );
}

async function goOurWay(database: AuditDatabase): Promise<Cost> {
  const { sql, url } = database;
  const keys = { current: readSigningKey(makeSigningKey()) };
  const now = new Date();
  const clock = fixedClock(new Date(now.getTime() + SETTLING_MS + 60_000));
  const ctx: Context = { ...(await contextWithStorage(database)), clock };
  const sealing = await timed(() => sealEvents(ctx, { keys }));
  // It happens all day long, and the naive way proves nothing.
  console.log(`seal     ${count(sealing.result.events)} events: ${seconds(sealing.ms)}, not counted below`);
  // A month later: what is sealed reaches beyond the days, and they are older than 30 days.
  clock.set(addDays(now, 32));
  await sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
    select gen_random_uuid(), at, at, 'success', 'job.run', 'system:bench', '{}' from (select ${addDays(now, 31).toISOString()}::timestamptz as at) later`;
  await sealEvents(ctx, { keys });

  const archiving = await peakMemory(() => timed(() => archiveDue(ctx)));
  const { archived, failed } = archiving.result.result;
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
  const stored = archived.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(
    `archive  ${archived.length} archives, read back and verified: ${seconds(archiving.result.ms)}, memory ${megabytes(archiving.before)} before, ${megabytes(archiving.peak)} at the most, ${megabytes(stored)} stored`,
  );
  const pruning = await peakMemory(() =>
    timed(() => pruneArchived(ctx, { keys, ownerUrl: url, maxDeleted: 1_000_000 })),
  );
  const pruned = pruning.result.result;
  if (pruned.error !== null) throw new Error(pruned.error);
  console.log(
    `prune    ${count(pruned.rowsDropped)} rows with their partitions, ${count(pruned.rowsDeleted)} in batches: ${seconds(pruning.result.ms)}`,
  );
  const cost = {
    ms: archiving.result.ms + pruning.result.ms,
    peak: Math.max(archiving.peak, pruning.peak),
    stored,
  };
  console.log(`         altogether: ${say(cost)}`);
  await compact(ctx);
  return cost;
}

/** Where one weekly partition ends and the next begins. */
function lastMonday(now: Date): Date {
  const day = (now.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - day));
}

async function compact(ctx: Context): Promise<void> {
  const { result, before, peak } = await peakMemory(() => timed(() => compactDue(ctx, { warmDays: 1 })));
  const { compacted, failed } = result.result;
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
  const [bytes, bytesBefore] = [sumOf(compacted, 'bytes'), sumOf(compacted, 'bytesBefore')];
  await removeDue(ctx);
  console.log(
    `compact  ${sumOf(compacted, 'archives')} archives into ${compacted.length}, read back and verified: ${seconds(result.ms)}, memory ${megabytes(before)} before, ${megabytes(peak)} at the most, ${Math.round(100 - (bytes / bytesBefore) * 100)} % smaller`,
  );
}

function sumOf<K extends string>(rows: readonly Record<K, number>[], name: K): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}

/** A process of its own, so that neither way is measured with what the other one left in memory. */
async function inProcessOfItsOwn(url: string, objects: string): Promise<Cost> {
  const args = ['--import', 'tsx', 'bench/archive-audit-log.ts', '--naive', url, '--objects', objects];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the naive way ended with ${code}: it may have run out of memory`);
  return JSON.parse(said);
}

async function goTheNaiveWay(url: string, objects: string): Promise<void> {
  const handle = connect(url, { as: 'owner', max: 1, applicationName: 'lapse bench' });
  const storage = new FolderStorage(objects);
  await storage.prepare();
  try {
    const { result: stored, ms } = await timed(() => selectAll(handle, storage));
    const peak = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(JSON.stringify({ ms, peak, stored } satisfies Cost));
  } finally {
    await handle.close();
  }
}

async function selectAll({ sql }: DatabaseHandle, storage: FolderStorage): Promise<number> {
  const rows = await sql`
    select id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value, new_value,
      reason, error from plain_events order by time_completed, id`;
  // One text of all of them would be longer than texts may be.
  const lines = Buffer.concat(rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`)));
  const packed = await promisify(gzip)(lines);
  await storage.put('naive.ndjson.gz', packed);
  await sql`delete from plain_events`;
  await sql`vacuum plain_events`;
  return packed.length;
}

function say({ ms, peak, stored }: Cost): string {
  return `${seconds(ms)}, memory ${megabytes(peak)} at the most, ${megabytes(stored)} stored`;
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}
