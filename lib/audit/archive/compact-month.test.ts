import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyFolder } from '../verify/verify-folder';
import { verifyLive } from '../verify/verify-live';
import { archiveDue } from './archive-due';
import { archivedRows } from './archive-rows';
import { compactDue } from './compact-due';
import { withDuckDb } from './duckdb';
import { removeDue } from './remove-due';
import { restoreArchive } from './restore';
import { withWorkFolder } from './work-folder';

const NOW = '2026-10-20T09:00:00Z';

let w: TierWorld;
let out: string;
beforeEach(async () => {
  w = await tierWorld(NOW);
  out = await mkdtemp(path.join(os.tmpdir(), 'lapse-restored-'));
});
afterEach(async () => {
  await w.close();
  await rm(out, { recursive: true, force: true });
});

const archive = () => archiveDue(w.ctx, { folder: w.folder });
const compact = (options: { warmDays?: number; eventsPerArchive?: number } = {}) =>
  compactDue(w.ctx, { warmDays: 30, folder: w.folder, ...options });
const remove = () => removeDue(w.ctx, { folder: w.folder });
const reader = () => ({ ...w.s.as({ type: 'cli', osUser: 'root' }), storage: w.ctx.storage });
const archives = () => w.database.sql`
  select tier, period::text as period, part, state, events::int as events, replaced_by is not null as replaced,
    objects_removed_at is not null as removed, hot_pruned_at is not null as pruned from audit_archives
  where state <> 'failed' order by tier, period, part`;
const keys = async () => {
  const found: string[] = [];
  for await (const { key } of w.ctx.storage.list()) found.push(key);
  return found.sort();
};
const rowsOf = (key: string) =>
  withWorkFolder(w.folder, (folder) =>
    withDuckDb(folder, async (duck) => {
      const rows = [];
      for await (const some of archivedRows(duck, path.join(w.objects, key))) rows.push(...some);
      return rows;
    }),
  );

/** Three days of August, one of September, and the present. */
async function twoMonths() {
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(20, '2026-08-11T10:00:00Z');
  await w.insert(20, '2026-08-31T23:00:00Z');
  await w.insert(20, '2026-09-10T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
}

test('T1, T2: daily archives of a month that is old enough become a monthly one, byte for byte', async () => {
  await twoMonths();
  const before = await w.rows("time_completed < '2026-09-01'");
  await archive();
  await pruneArchived(w.ctx, { keys: w.keys });
  const done = await compact();
  expect(done).toMatchObject({ isBusy: false, failed: [] });
  expect(done.compacted).toMatchObject([
    { month: '2026-08', part: 1, archives: 3, segments: 4, events: 80, bytes: expect.any(Number) },
  ]);
  expect(await archives()).toMatchObject([
    { tier: 'warm', period: '2026-08-10', state: 'replaced', replaced: true, removed: false },
    { tier: 'warm', period: '2026-08-11', state: 'replaced', replaced: true, removed: false },
    { tier: 'warm', period: '2026-08-31', state: 'replaced', replaced: true, removed: false },
    { tier: 'warm', period: '2026-09-10', state: 'verified', replaced: false },
    { tier: 'warm', period: '2026-10-18', state: 'verified', replaced: false },
    { tier: 'cold', period: '2026-08-01', part: 1, state: 'verified', events: 80, pruned: true },
  ]);
  const cold = await rowsOf('audit/cold/2026/08.1.parquet');
  expect(cold.map(({ event }) => event)).toEqual(before);
  expect(cold.map(({ segment, leaf }) => [segment, leaf])).toEqual(
    Array.from({ length: 80 }, (_, index) => [Math.floor(index / 20) + 1, index % 20]),
  );
  expect(await w.leftovers()).toEqual([]);
  // While both are there, a folder with both is what was sealed, and nothing counts twice.
  expect(await verifyFolder(w.objects)).toMatchObject({
    problems: [],
    archives: 6,
    segments: 6,
    events: 101,
  });

  expect(await remove()).toMatchObject({
    failed: [],
    removed: [{ archive: 'audit-archive:2026-08.1', archives: 3, remains: null }],
  });
  expect(await keys()).toEqual([
    'audit/cold/2026/08.1.manifest.json',
    'audit/cold/2026/08.1.parquet',
    'audit/warm/2026/09/10.1.manifest.json',
    'audit/warm/2026/09/10.1.parquet',
    'audit/warm/2026/10/18.1.manifest.json',
    'audit/warm/2026/10/18.1.parquet',
  ]);
  expect(await verifyFolder(w.objects)).toMatchObject({
    problems: [],
    archives: 3,
    segments: 6,
    events: 101,
  });
  expect((await verifyLive(reader())).problems).toEqual([]);
  // What was done already is not done again.
  expect(await compact()).toMatchObject({ compacted: [], failed: [] });
  expect(await remove()).toMatchObject({ removed: [], failed: [] });
  const events = await w.database.sql`
    select action, target, result, new_value from audit_events where action in ('audit.compact', 'audit.remove-objects') order by time_started, id`;
  expect(events).toMatchObject([
    {
      action: 'audit.compact',
      target: 'audit-archive:2026-08.1',
      result: 'success',
      new_value: { archives: 3 },
    },
    { action: 'audit.remove-objects', result: 'success', new_value: { archives: 3, left: 0 } },
  ]);
});

test('T3: a month, one of its days and a whole archive are restored from cold as they were from warm', async () => {
  await twoMonths();
  await archive();
  const from = (name: string) => ({ folder: path.join(out, name), format: 'ndjson' as const });
  const [warm] = await restoreArchive(reader(), { what: { day: '2026-08-10' }, ...from('warm') });
  await compact();
  await remove();
  const [day, ...others] = await restoreArchive(reader(), { what: { day: '2026-08-10' }, ...from('day') });
  expect(others).toEqual([]);
  expect(day).toMatchObject({ events: 40, file: expect.stringMatching(/cold-2026-08\.1-day-10\.ndjson$/) });
  expect(await readFile(day!.file, 'utf8')).toBe(await readFile(warm!.file, 'utf8'));
  const month = await restoreArchive(reader(), { what: { month: '2026-08-01' }, ...from('month') });
  expect(month).toMatchObject([{ events: 80, file: expect.stringMatching(/cold-2026-08\.1\.ndjson$/) }]);
  const parquet = { folder: path.join(out, 'parquet'), format: 'parquet' as const };
  await restoreArchive(reader(), { what: { month: '2026-08-01' }, ...parquet });
  expect((await readdir(parquet.folder)).sort()).toEqual([
    'cold-2026-08.1.manifest.json',
    'cold-2026-08.1.parquet',
  ]);
  expect(await verifyFolder(parquet.folder)).toMatchObject({ problems: [], events: 80 });
  await expect(
    restoreArchive(reader(), { what: { archiveId: warm!.archiveId }, ...from('gone') }),
  ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('has taken the place') });
});

test('T1: a month stays as it is until its last day is old enough', async () => {
  await twoMonths();
  await archive();
  expect(await compact({ warmDays: 50 })).toMatchObject({ compacted: [], failed: [] });
  w.s.clock.set('2026-10-20T23:59:59Z');
  expect(await compact({ warmDays: 50 })).toMatchObject({ compacted: [], failed: [] });
  w.s.clock.set('2026-10-21T00:00:00Z');
  expect(await compact({ warmDays: 50 })).toMatchObject({ compacted: [{ month: '2026-08' }] });
});

test('T2: what comes late for a compacted month becomes a further daily and then a further monthly archive', async () => {
  await twoMonths();
  await archive();
  await compact();
  await w.insert(3, '2026-08-10T10:00:00.000005Z');
  await w.sealLate();
  expect(await archive()).toMatchObject({ archived: [{ day: '2026-08-10', part: 2, events: 3 }] });
  expect(await compact()).toMatchObject({
    compacted: [{ month: '2026-08', part: 2, archives: 1, events: 3 }],
    failed: [],
  });
  await remove();
  const both = [
    ...(await rowsOf('audit/cold/2026/08.1.parquet')),
    ...(await rowsOf('audit/cold/2026/08.2.parquet')),
  ];
  const all = await w.rows("time_completed < '2026-09-01'");
  expect(both.map(({ event }) => event.id).sort()).toEqual(all.map(({ id }) => id).sort());
  expect(await verifyFolder(w.objects)).toMatchObject({ problems: [], segments: 7 });
});

test('T2: segments that were sealed late lie in their place of the order, between those of other days', async () => {
  w.s.clock.set('2026-08-12T09:00:00Z');
  await w.insert(20, '2026-08-10T10:00:00Z');
  await w.insert(20, '2026-08-11T10:00:00Z');
  await w.seal();
  await w.insert(3, '2026-08-10T10:00:00.000005Z');
  await w.sealLate();
  w.s.clock.set(NOW);
  await w.insert(20, '2026-08-12T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
  await archive();
  const daily = await w.database.sql`
    select array_agg(g.id::int order by g.id) as segments from audit_segments g join audit_archives a on a.id = g.archive_id
    group by a.period order by a.period limit 2`;
  expect(daily.map(({ segments }) => segments)).toEqual([[1, 3], [2]]);
  expect(await compact()).toMatchObject({ compacted: [{ archives: 3, events: 63 }], failed: [] });
  const cold = await rowsOf('audit/cold/2026/08.1.parquet');
  expect([...new Set(cold.map(({ segment }) => segment))]).toEqual([1, 2, 3, 4]);
  const all = await w.rows("time_completed < '2026-09-01'");
  expect(new Set(cold.map(({ event }) => JSON.stringify(event)))).toEqual(
    new Set(all.map((row) => JSON.stringify(row))),
  );
  await remove();
  expect((await verifyFolder(w.objects)).problems).toEqual([]);
});

test('T2: a large month becomes several monthly archives, and no daily one is divided', async () => {
  await twoMonths();
  await archive();
  const { compacted, failed, isBusy } = await compact({ eventsPerArchive: 50 });
  expect({ failed, isBusy }).toEqual({ failed: [], isBusy: false });
  expect(compacted.map(({ part, archives: count, events }) => [part, count, events])).toEqual([
    [1, 1, 40],
    [2, 2, 40],
  ]);
});
