import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyFolder } from '../verify/verify-folder';
import { verifyLive } from '../verify/verify-live';
import { archiveDue } from './archive-due';
import { compactDue } from './compact-due';
import { expireDue } from './expire-due';
import { removeDue } from './remove-due';

const NOW = '2026-10-20T09:00:00Z';

let w: TierWorld;
let children: ChildProcess[];
beforeEach(async () => {
  w = await tierWorld(NOW);
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await w.close();
});

/** Works in a process of its own until `step`, and is killed there. */
async function killedAt(
  what: 'archive' | 'prune' | 'compact' | 'expire' | 'remove',
  step: string,
): Promise<void> {
  const args = [what, w.database.url, w.objects, w.folder, NOW, step];
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/audit/testing/tier-child.ts', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'silent' },
  });
  children.push(child);
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said).trim()).toBe('standing still');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const one = async (query: string) => {
  const [row] = await w.database.owner.sql.unsafe(query);
  return row ? Object.values(row)[0] : undefined;
};

/** The server notices that a process is gone when it next talks to it. */
async function untilUnlocked(): Promise<void> {
  const here = `from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())`;
  await one(`select count(pg_terminate_backend(pid)) ${here}`);
  while (Number(await one(`select count(*) ${here}`)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const STEPS = ['check', 'stat', 'put-object', 'put-manifest', 'get-manifest', 'get-object', 'settle'];

test('L9, T2: an archive that is cut off at any step never counts, and the next run writes it whole', async () => {
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
  for (const step of STEPS) {
    await killedAt('archive', step);
    expect(await one("select count(*)::int from audit_archives where state = 'verified'")).toBe(0);
    expect(await one('select count(*)::int from audit_segments where archive_id is not null')).toBe(0);
    expect(await pruneArchived(w.ctx, { keys: w.keys })).toMatchObject({ until: null, rowsDeleted: 0 });
    await untilUnlocked();
  }
  const { archived, failed } = await archiveDue(w.ctx, { folder: w.folder });
  expect(failed).toEqual([]);
  expect(archived).toMatchObject([
    // Each attempt that got as far as to have a place had one of its own.
    { day: '2026-08-10', part: 6, events: 40 },
    { part: 1, events: 1 },
  ]);
  const states = await w.database
    .sql`select state, count(*)::int as number from audit_archives group by state order by state`;
  expect(states).toMatchObject([{ state: 'verified', number: 2 }, { state: 'failed' }]);
  expect(await w.leftovers()).toEqual([]);
  const objects: string[] = [];
  for await (const { key } of w.ctx.storage.list()) objects.push(key);
  expect(objects.sort()).toEqual([
    'audit/warm/2026/08/10.6.manifest.json',
    'audit/warm/2026/08/10.6.parquet',
    'audit/warm/2026/10/18.1.manifest.json',
    'audit/warm/2026/10/18.1.parquet',
  ]);
}, 120_000);

const states = () => w.database.sql`
  select tier, state, count(*)::int as number from audit_archives where state not in ('writing', 'failed') group by tier, state order by 1, 2`;

test('L9, L5: a compaction that is cut off at any step changes nothing, and the next run does it whole', async () => {
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(20, '2026-08-11T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
  await archiveDue(w.ctx, { folder: w.folder });
  await pruneArchived(w.ctx, { keys: w.keys });
  for (const step of ['get-object', 'put-object', 'put-manifest', 'settle']) {
    await killedAt('compact', step);
    expect(await states()).toMatchObject([{ tier: 'warm', state: 'verified', number: 3 }]);
    await untilUnlocked();
    expect(await removeDue(w.ctx, { folder: w.folder })).toMatchObject({ removed: [], failed: [] });
  }
  const done = await compactDue(w.ctx, { warmDays: 30, folder: w.folder });
  expect(done).toMatchObject({ compacted: [{ archives: 2, events: 60 }], failed: [] });
  for (const step of ['delete-object', 'delete-manifest']) {
    // Everything is read again: it is as if somebody had moved the storage meanwhile.
    await w.database
      .sql`update audit_archives set etag = 'of another place' where objects_removed_at is null`;
    await killedAt('remove', step);
    await untilUnlocked();
  }
  expect(await removeDue(w.ctx, { folder: w.folder })).toMatchObject({
    removed: [{ archives: 2 }],
    failed: [],
  });
  expect(await states()).toMatchObject([
    { tier: 'warm', state: 'verified', number: 1 },
    { tier: 'warm', state: 'replaced', number: 2 },
    { tier: 'cold', state: 'verified', number: 1 },
  ]);
  expect(await verifyFolder(w.objects)).toMatchObject({ problems: [], archives: 2, events: 61 });
  expect(await w.leftovers()).toEqual([]);
}, 180_000);

test('L9, B4: an expiry that is cut off is either told and to be finished, or did not happen', async () => {
  await w.insert(20, '2026-08-10T10:00:00Z');
  // A window ends with the day of its events, which is not 30 days ago yet.
  await w.insert(20, '2026-09-20T08:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
  await archiveDue(w.ctx, { folder: w.folder });
  await pruneArchived(w.ctx, { keys: w.keys });
  await killedAt('expire', 'settle');
  await untilUnlocked();
  expect(await one("select count(*)::int from audit_statements where kind = 'expire'")).toBe(0);
  expect(await one("select count(*)::int from audit_archives where state = 'verified'")).toBe(3);
  const expired = await expireDue(w.ctx, { keys: w.keys, coldDays: 30, folder: w.folder });
  expect(expired).toMatchObject({ expired: [{ archive: 'audit-archive:2026-08-10.1', events: 20 }] });
  await killedAt('remove', 'delete-manifest');
  await untilUnlocked();
  expect(await removeDue(w.ctx, { folder: w.folder })).toMatchObject({ removed: [{ archives: 1 }] });
  const { problems } = await verifyLive(w.s.as({ type: 'cli', osUser: 'root' }));
  expect(problems).toEqual([]);
}, 120_000);

test('L9, O3: a prune that is cut off between two batches goes on where it was', async () => {
  await w.insert(5000, '2026-08-10T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal(1000);
  await archiveDue(w.ctx, { folder: w.folder });
  await killedAt('prune', 'second-batch');
  await untilUnlocked();
  const left =
    "select count(*)::int from audit_events where action = 'job.run' and time_completed < '2026-09-01'";
  expect(await one(left)).toBe(3000);
  expect(await pruneArchived(w.ctx, { keys: w.keys })).toMatchObject({ rowsDeleted: 3000, error: null });
  expect(await one(left)).toBe(0);
  expect(await one('select count(*)::int from audit_prunes')).toBe(1);
  const { problems } = await verifyLive(w.s.as({ type: 'cli', osUser: 'root' }));
  // The process that was killed had a key of its own, which nobody endorsed.
  expect(problems.filter(({ kind }) => kind !== 'key')).toEqual([]);
}, 60_000);
