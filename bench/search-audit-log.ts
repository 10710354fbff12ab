/**
 * Searching the audit log (B5, O6): pages of the hot tier against a plain table, and pages of archives against reading them as
 * gzipped NDJSON, which is how logs are mostly archived.
 *
 *   npx tsx bench/search-audit-log.ts [--events 200000] [--only hot|archived]
 */

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { archiveDue } from '@/lib/audit/archive/archive-due';
import { listAuditEvents } from '@/lib/audit/list-events';
import { pruneArchived } from '@/lib/audit/prune/prune-hot';
import { SETTLING_MS, sealEvents } from '@/lib/audit/seal/seal-events';
import { makeSigningKey, readSigningKey } from '@/lib/audit/seal/signing-key';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import {
  type AuditDatabase,
  contextWithStorage,
  count,
  daysAgo,
  fillEvents,
  percentile,
  timed,
  withAuditDatabase,
} from './audit-database';
import { seconds } from './database';
import { megabytes, peakMemory } from './memory';

const { values } = parseArgs({
  options: { events: { type: 'string', default: '200000' }, only: { type: 'string' } },
});
const EVENTS = Number(values.events);
const isMeasured = (pages: 'hot' | 'archived') => (values.only ?? pages) === pages;
const DAYS = 120;
const HOT_DAYS = 30;
const TIMES = 15;

/** In the values of two events, about 90 days ago. */
const rareWord = createHash('md5')
  .update(String(Math.floor(EVENTS / 4)))
  .digest('hex');

async function hotPages(ctx: Context, { sql }: AuditDatabase): Promise<void> {
  console.log('hot      ours, and a table with an index on (time_started, id) alone:');
  const since = daysAgo(30);
  await compare(
    'the newest',
    () => page(ctx, {}),
    () => sql`select * from plain_events order by time_started desc, id desc limit 50`,
  );
  await compare(
    'of an actor and an action',
    () => page(ctx, { actor: 'user:7', action: 'thing.do-1' }),
    () =>
      sql`select * from plain_events where actor = 'user:7' and action = 'thing.do-1' order by time_started desc, id desc limit 50`,
  );
  await compare(
    'of a target in 30 days',
    () => page(ctx, { target: 'challenge:13', from: since }),
    () =>
      sql`select * from plain_events where target = 'challenge:13' and time_started >= ${since} order by time_started desc, id desc limit 50`,
  );
  await compare(
    'with a rare word',
    () => page(ctx, { words: rareWord }),
    () =>
      sql`select * from plain_events where reason ilike ${`%${rareWord}%`} or new_value::text ilike ${`%${rareWord}%`} order by time_started desc, id desc limit 50`,
  );
}

async function archivedPages(ctx: Context, ndjson: readonly string[]): Promise<void> {
  console.log(`archived what is older than ${HOT_DAYS} days; ours, and the same days as gzipped NDJSON:`);
  const [to, month] = [daysAgo(35), daysAgo(65)];
  const between = (from: number, until: number) => ndjson.slice(DAYS - from, DAYS - until);
  await compare(
    'of an actor in 30 days',
    () => page(ctx, { actor: 'user:7', from: month, to }),
    () => scan(between(65, 35), ({ actor }) => actor === 'user:7'),
    2,
  );
  const quarter = daysAgo(115);
  await compare(
    'with a rare word in 80 days',
    () => page(ctx, { words: rareWord, from: quarter, to }),
    () => scan(between(115, 35), (event) => JSON.stringify(event).includes(rareWord)),
    2,
  );
  const whole = await timed(() => peakMemory(() => page(ctx, { words: rareWord })));
  console.log(
    `         over all tiers, with a rare word: ${seconds(whole.ms)}; memory ${megabytes(whole.result.before)} before, ${megabytes(whole.result.peak)} at the most`,
  );
}

const page = (ctx: Context, filter: Parameters<typeof listAuditEvents>[1]) =>
  listAuditEvents(ctx, { limit: 50, ...filter });

/** p50 and p95 of ours, and how much longer the other takes. The first of each is left out: later ones find things at hand. */
async function compare(
  what: string,
  ours: () => Promise<unknown>,
  naive: () => PromiseLike<unknown>,
  naiveTimes = TIMES,
): Promise<void> {
  const first = await timed(ours);
  const times = await repeated(ours, TIMES);
  const others = await repeated(naive, naiveTimes);
  const [p50, p95, other] = [percentile(times, 50), percentile(times, 95), percentile(others, 50)];
  console.log(
    `         ${what}: first ${milliseconds(first.ms)}, p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}; the other p50 ${milliseconds(other)}, ${(other / p50).toFixed(1)} times as long`,
  );
}

async function repeated(work: () => PromiseLike<unknown>, times: number): Promise<number[]> {
  const taken: number[] = [];
  for (let time = 0; time < times; time++) taken.push((await timed(async () => work())).ms);
  return taken;
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** A gzipped file of NDJSON for each day, the oldest first. */
async function writeNdjson({ sql, folder }: AuditDatabase): Promise<string[]> {
  const files: string[] = [];
  for (let day = 0; day < DAYS; day++) {
    const file = path.join(folder, `${day}.ndjson.gz`);
    const [from, to] = [daysAgo(DAYS - day), daysAgo(DAYS - day - 1)];
    async function* lines() {
      const rows = sql<{ row: string }[]>`select (to_jsonb(e) - 'words')::text as row from audit_events e
        where time_started >= ${from} and time_started < ${to} order by time_started, id`.cursor(2_000);
      for await (const some of rows) yield some.map(({ row }) => `${row}\n`).join('');
    }
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file));
    files.push(file);
  }
  return files;
}

/** The last 50 that match; every line has to be read and parsed. */
async function scan(
  files: readonly string[],
  matches: (event: { actor: string }) => boolean,
): Promise<unknown[]> {
  let found: unknown[] = [];
  for (const file of files) {
    const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
    for await (const line of lines) {
      const event = JSON.parse(line);
      if (matches(event)) found = [...found.slice(-49), event];
    }
  }
  return found;
}

async function makePlain({ sql }: AuditDatabase): Promise<void> {
  await sql`create table plain_events (like audit_events including defaults including generated)`;
  await sql`create index on plain_events (time_started, id)`;
  await sql`insert into plain_events (id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value, new_value, reason, error)
    select id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value, new_value, reason, error from audit_events`;
  await sql`vacuum analyze plain_events`;
}

async function archiveAll(ctx: Context, { url }: AuditDatabase): Promise<void> {
  const keys = { current: readSigningKey(makeSigningKey()) };
  await sealEvents(ctx, { keys });
  const archived = await archiveDue(ctx);
  if (archived.failed.length > 0) throw new Error(archived.failed[0]?.error);
  const pruned = await pruneArchived(ctx, { keys, hotDays: HOT_DAYS, ownerUrl: url, maxDeleted: 1_000_000 });
  if (pruned.error) throw new Error(pruned.error);
}

await withAuditDatabase(async (database) => {
  const { sql } = database;
  await fillEvents(sql, { events: EVENTS, days: DAYS });
  await sql`vacuum analyze audit_events`;
  const ctx = {
    ...(await contextWithStorage(database)),
    clock: fixedClock(new Date(Date.now() + SETTLING_MS + 60_000)),
  };
  console.log(`${count(EVENTS)} events over ${DAYS} days; each page has 50 and is read ${TIMES} times`);

  if (isMeasured('hot')) {
    await makePlain(database);
    await hotPages(ctx, database);
  }
  if (isMeasured('archived')) {
    const ndjson = await writeNdjson(database);
    await archiveAll(ctx, database);
    await archivedPages(ctx, ndjson);
  }
});
