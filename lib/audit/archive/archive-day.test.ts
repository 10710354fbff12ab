import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { archiveDay, archiveDue } from './archive-due';
import { archivedRows } from './archive-rows';
import { withDuckDb } from './duckdb';
import { readManifest } from './manifest';
import { withWorkFolder } from './work-folder';

const NOW = '2026-11-21T09:00:00Z';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld(NOW);
});
afterEach(() => w.close());

const archives = () => w.s.sql`
  select period::text as day, part, state, events::int, bytes::int, encode(sha256, 'hex') as sha256, error from audit_archives
  order by period, part, created_at`;
const unarchived = async () => {
  const [row] = await w.s.sql`select count(*)::int as number from audit_segments where archive_id is null`;
  return row?.number;
};
const manifestOf = async (key: string) => {
  const read = readManifest(await readFile(path.join(w.objects, `${key}.manifest.json`), 'utf8'));
  if (!read.manifest) throw new Error(read.why);
  return read.manifest;
};
const archivedIn = (key: string) =>
  withWorkFolder(w.folder, (folder) =>
    withDuckDb(folder, async (duck) => {
      const rows = [];
      for await (const some of archivedRows(duck, path.join(w.objects, `${key}.parquet`))) rows.push(...some);
      return rows;
    }),
  );

test('T2: each day that is over becomes an object that holds its events, byte for byte, and a manifest', async () => {
  await w.insert(50, '2026-11-18T10:00:00Z');
  await w.insert(30, '2026-11-19T10:00:00Z');
  await w.insert(10, '2026-11-21T08:00:00Z');
  await w.seal();
  const done = await archiveDue(w.ctx, { folder: w.folder });
  expect(done).toMatchObject({ isBusy: false, failed: [] });
  expect(done.archived).toMatchObject([
    { day: '2026-11-18', part: 1, segments: 3, events: 50 },
    { day: '2026-11-19', part: 1, segments: 2, events: 30 },
  ]);
  expect(await archives()).toMatchObject([
    { day: '2026-11-18', state: 'verified', events: 50 },
    { day: '2026-11-19', state: 'verified', events: 30 },
  ]);
  const key = 'audit/warm/2026/11/18.1';
  const manifest = await manifestOf(key);
  expect(manifest).toMatchObject({ tier: 'warm', period: '2026-11-18', rows: 50, streams: ['lapse'] });
  const archived = await archivedIn(key);
  expect(archived.map(({ event }) => event)).toEqual(await w.rows("time_completed < '2026-11-19'"));
  expect(archived.map(({ segment, leaf }) => [segment, leaf])).toEqual(
    Array.from({ length: 50 }, (_, index) => [Math.floor(index / 20) + 1, index % 20]),
  );
  expect(await w.leftovers()).toEqual([]);
  // What was done already is not done again.
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ archived: [], failed: [] });
});

test('T2: a day is left alone until it is over and sealed for an hour beyond its end', async () => {
  await w.insert(20, '2026-11-20T10:00:00Z');
  w.s.clock.set('2026-11-21T00:50:00Z');
  await w.insert(1, '2026-11-21T00:40:00Z');
  await w.seal();
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ archived: [] });
  expect(await archiveDay(w.ctx, { day: '2026-11-20', folder: w.folder })).toEqual([]);
  w.s.clock.set('2026-11-21T01:10:00Z');
  await w.insert(1, '2026-11-21T01:05:00Z');
  await w.seal();
  expect(await archiveDay(w.ctx, { day: '2026-11-20', folder: w.folder })).toHaveLength(1);
});

test('T2: a log of many days that is sealed at once is archived day by day, and each archive has the events of its day alone', async () => {
  await w.insert(30, '2026-09-30T10:00:00Z');
  await w.insert(3, '2026-09-30T23:59:59.999998Z');
  await w.insert(5, '2026-11-01T00:00:00.000001Z');
  await w.insert(7, '2026-11-20T10:00:00Z');
  await w.seal();
  const { archived } = await archiveDue(w.ctx, { folder: w.folder });
  expect(archived.map(({ day, events }) => [day, events])).toEqual([
    ['2026-09-30', 32],
    ['2026-10-01', 1],
    ['2026-11-01', 5],
    ['2026-11-20', 7],
  ]);
  for (const { day, events } of archived) {
    const rows = await archivedIn(`audit/warm/${day.replaceAll('-', '/')}.1`);
    const days = rows.map(({ event }) => event.timeCompleted?.slice(0, 10));
    expect(days).toEqual(Array.from({ length: events }, () => day));
  }
});

test('T2: the last day is archived when nothing came after it, and not before what came is sealed', async () => {
  await w.insert(5, '2026-11-20T10:00:00Z');
  await w.seal();
  w.s.clock.set('2026-11-21T01:01:00Z');
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ archived: [], failed: [] });
  w.s.clock.set('2026-11-21T01:10:00Z');
  await w.insert(1, '2026-11-21T00:59:59Z');
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ archived: [], failed: [] });
  await w.seal();
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({
    archived: [{ day: '2026-11-20', events: 5 }],
  });
});

test('T2: what was sealed late for an archived day becomes a further part', async () => {
  await w.insert(20, '2026-11-19T10:00:00Z');
  await w.insert(1, '2026-11-20T10:00:00Z');
  await w.seal();
  await archiveDue(w.ctx, { folder: w.folder });
  await w.insert(3, '2026-11-19T10:00:00.000005Z');
  await w.sealLate();
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({
    archived: [{ day: '2026-11-19', part: 2, events: 3 }],
    failed: [],
  });
  const late = await archivedIn('audit/warm/2026/11/19.2');
  const first = await archivedIn('audit/warm/2026/11/19.1');
  const both = [...first, ...late].map(({ event }) => event.id).sort();
  const all = await w.rows("time_completed < '2026-11-20'");
  expect(both).toEqual(all.map(({ id }) => id).sort());
  expect(await manifestOf('audit/warm/2026/11/19.2')).toMatchObject({ segments: [{ late: true }] });
});

test('T2: events that are late but not sealed yet are in no archive, and disturb none', async () => {
  await w.insert(20, '2026-11-19T10:00:00Z');
  await w.insert(1, '2026-11-20T10:00:00Z');
  await w.seal();
  await w.insert(2, '2026-11-19T10:00:00.000003Z');
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({
    archived: [{ events: 20 }, { events: 1 }],
    failed: [],
  });
  expect(await unarchived()).toBe(0);
  await w.sealLate();
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({
    archived: [{ day: '2026-11-19', events: 2, part: 2 }],
  });
  expect(await unarchived()).toBe(0);
});

test('T2: a large day becomes several parts, and a segment is never divided', async () => {
  await w.insert(70, '2026-11-19T10:00:00Z');
  await w.insert(20, '2026-11-20T10:00:00Z');
  await w.seal();
  const { archived } = await archiveDue(w.ctx, { folder: w.folder, eventsPerArchive: 45 });
  expect(archived.map(({ day, part, segments, events }) => [day, part, segments, events])).toEqual([
    ['2026-11-19', 1, 2, 40],
    ['2026-11-19', 2, 2, 30],
    ['2026-11-20', 1, 1, 20],
  ]);
});

test('B4: a day whose events are not what was sealed is not archived, and says so; the others go on', async () => {
  await w.insert(20, '2026-11-18T10:00:00Z');
  await w.insert(20, '2026-11-19T10:00:00Z');
  await w.insert(20, '2026-11-20T10:00:00Z');
  await w.seal();
  await w.tamper(
    "update audit_events set actor = 'user:1' where actor = 'system:7' and time_completed < '2026-11-19'",
  );
  const done = await archiveDue(w.ctx, { folder: w.folder });
  expect(done.archived.map(({ day }) => day)).toEqual(['2026-11-19', '2026-11-20']);
  expect(done.failed).toMatchObject([
    { day: '2026-11-18', error: expect.stringMatching(/segment 1 do not give the root/) },
  ]);
  expect(await archives()).toMatchObject([
    { day: '2026-11-18', state: 'failed' },
    { state: 'verified' },
    { state: 'verified' },
  ]);
  const events = await w.s
    .sql`select result, error from audit_events where action = 'audit.archive' order by time_started`;
  expect(events[0]).toMatchObject({ result: 'error', error: expect.stringContaining('not what was sealed') });
  // An event that is gone shows as well, and does not become the shape of another day.
  await w.tamper("delete from audit_events where actor = 'user:1'");
  const again = await archiveDue(w.ctx, { folder: w.folder });
  expect(again.failed).toMatchObject([{ error: expect.stringMatching(/1 of the 20 events of segment 1/) }]);
  expect(await w.leftovers()).toEqual([]);
});

test('T3: values of megabytes are archived as they are, several in a row', async () => {
  await w.insert(20, '2026-11-18T10:00:00Z');
  for (const [index, text] of ['é\n"', '\u0001\u0002', 'x'].entries()) {
    await w.s
      .sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details, new_value, reason)
      values (gen_random_uuid(), '2026-11-18T11:00:00Z', ${`2026-11-18T11:00:0${index}Z`}, 'success', 'job.run', 'system:big', '{}',
        to_jsonb(repeat(${text}, 500000)), repeat(${text}, 1500000))`;
  }
  await w.seal();
  expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ failed: [] });
  const archived = (await archivedIn('audit/warm/2026/11/18.1')).map(({ event }) => event);
  const big = (await w.rows("actor = 'system:big'")).map(({ id }) => id);
  expect(archived.filter(({ actor }) => actor === 'system:big').map(({ id }) => id)).toEqual(big);
  expect(archived.at(-2)?.reason).toHaveLength(3_000_000);
});

test('T3: a folder called like a column and a value does not change what is read', async () => {
  await w.insert(20, '2026-11-18T10:00:00Z');
  await w.insert(21, '2026-11-21T08:00:00Z');
  await w.seal();
  const folder = path.join(w.folder, 'stream=another');
  expect(await archiveDue(w.ctx, { folder })).toMatchObject({ failed: [], archived: [{ events: 20 }] });
});
