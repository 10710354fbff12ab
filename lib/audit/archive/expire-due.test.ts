import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@/lib/platform/ids';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyFolder } from '../verify/verify-folder';
import { verifyLive } from '../verify/verify-live';
import { archiveDue } from './archive-due';
import { compactDue } from './compact-due';
import { type ExpireDueOptions, expireDue } from './expire-due';
import { removeDue } from './remove-due';
import { restoreArchive } from './restore';

const NOW = '2026-10-20T09:00:00Z';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld(NOW);
});
afterEach(() => w.close());

const archive = () => archiveDue(w.ctx, { folder: w.folder });
const prune = () => pruneArchived(w.ctx, { keys: w.keys });
const expire = (coldDays: number | null, options: Partial<ExpireDueOptions> = {}) =>
  expireDue(w.ctx, { keys: w.keys, coldDays, folder: w.folder, ...options });
const remove = () => removeDue(w.ctx, { folder: w.folder });
const reader = () => ({ ...w.s.as({ type: 'cli', osUser: 'root' }), storage: w.ctx.storage });
const problems = async () => (await verifyLive(reader())).problems;
const states = async () => {
  const rows = await w.database.sql`
    select tier || ' ' || period::text || '.' || part || ' ' || state as words from audit_archives order by tier, period, part`;
  return rows.map(({ words }) => words);
};
const statements = () =>
  w.database.sql`select body::jsonb as body from audit_statements where kind = 'expire' order by sequence`;

/** Three days of one month, one of the next, and the present. */
async function days() {
  await w.insert(20, '2026-08-10T10:00:00Z');
  await w.insert(20, '2026-08-11T10:00:00Z');
  await w.insert(20, '2026-08-24T10:00:00Z');
  await w.insert(20, '2026-09-10T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
  await archive();
  await prune();
}

test('T1, B4: what is old enough expires by a signed statement, and only then its objects go', async () => {
  await days();
  const done = await expire(60);
  expect(done).toMatchObject({
    failed: [],
    kept: [],
    expired: [
      { archive: 'audit-archive:2026-08-10.1', events: 20 },
      { archive: 'audit-archive:2026-08-11.1', events: 20 },
    ],
  });
  expect(await states()).toEqual([
    'warm 2026-08-10.1 expired',
    'warm 2026-08-11.1 expired',
    'warm 2026-08-24.1 verified',
    'warm 2026-09-10.1 verified',
    'warm 2026-10-18.1 verified',
  ]);
  expect(await statements()).toMatchObject([
    {
      body: {
        archive: { tier: 'warm', period: '2026-08-10', part: 1 },
        until: '2026-08-11T00:00:00.000000Z',
        events: 20,
        segments: [[1, 1]],
        reason: 'events are kept for 60 days',
      },
    },
    { body: { segments: [[2, 2]] } },
  ]);
  expect(await problems()).toEqual([]);
  const what = { day: '2026-08-10' };
  await expect(
    restoreArchive(reader(), { what, folder: `${w.folder}-out`, format: 'ndjson' }),
  ).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/has expired.* statement \d+/),
  });

  expect(await remove()).toMatchObject({ failed: [], removed: [{ archives: 1 }, { archives: 1 }] });
  const keys: string[] = [];
  for await (const { key } of w.ctx.storage.list()) keys.push(key);
  expect(keys.filter((key) => /08\/1[01]/.test(key))).toEqual([]);
  expect(keys).toHaveLength(6);
  expect(await problems()).toEqual([]);
  expect((await verifyFolder(w.objects)).problems).toEqual([]);
  expect(await expire(60)).toMatchObject({ expired: [], failed: [] });
  const events = await w.database.sql`
    select action, target, reason, result from audit_events where action in ('audit.expire', 'audit.remove-objects') order by time_started, id`;
  expect(events).toMatchObject([
    { action: 'audit.expire', target: 'audit-archive:2026-08-10.1', reason: 'events are kept for 60 days' },
    { action: 'audit.expire', result: 'success' },
    { action: 'audit.remove-objects', reason: 'they expired', result: 'success' },
    { action: 'audit.remove-objects', result: 'success' },
  ]);
});

test('T1: kept for good, nothing ever expires; nor does what still has rows in the hot tier', async () => {
  await days();
  expect(await expire(null)).toMatchObject({ expired: [], kept: [], failed: [] });
  await w.database.sql`update audit_archives set hot_pruned_at = null where period = '2026-08-10'`;
  expect(await expire(60)).toMatchObject({ expired: [{ archive: 'audit-archive:2026-08-11.1' }] });
});

test('T1: a monthly archive expires once all of its events are old enough', async () => {
  await days();
  await compactDue(w.ctx, { warmDays: 30, folder: w.folder });
  await remove();
  // Its last window ends with the 24th, 56 days and 9 hours ago.
  expect(await expire(57)).toMatchObject({ expired: [] });
  expect(await expire(56)).toMatchObject({
    expired: [{ archive: 'audit-archive:2026-08.1', events: 60 }],
  });
  expect(await remove()).toMatchObject({ removed: [{ archive: 'audit-archive:2026-08.1', archives: 1 }] });
  expect(await problems()).toEqual([]);
});

test('L3: a hold on a stream keeps every archive with events of it, until it is released', async () => {
  await days();
  await w.database.sql`insert into audit_stream_holds (id, stream, matter, reason, placed_by_actor, placed_at)
    values (${newId()}, 'lapse', 'Case 7', 'evidence', '{}', now())`;
  const held = await expire(60);
  expect(held).toMatchObject({ expired: [], failed: [] });
  expect(held.kept).toEqual([
    {
      archive: 'audit-archive:2026-08-10.1',
      why: 'A hold on the stream lapse keeps it: Case 7.',
    },
    { archive: 'audit-archive:2026-08-11.1', why: expect.any(String) },
  ]);
  // Who asks nobody is refused by the database.
  const careless = await expire(60, { keeps: async () => null });
  expect(careless).toMatchObject({ expired: [], failed: [{ archive: 'audit-archive:2026-08-10.1' }, {}] });
  expect(await statements()).toEqual([]);
  await w.database.sql`update audit_stream_holds
    set released_at = now(), released_by_actor = '{}', release_reason = 'closed'`;
  expect(await expire(60)).toMatchObject({ kept: [], expired: [{}, {}] });
});

test('L3: a hold that comes between the look and the expiry keeps the archive as well', async () => {
  await days();
  let looks = 0;
  const keeps = async () => {
    looks += 1;
    return looks > 1 ? 'A hold came in between.' : null;
  };
  expect(await expire(60, { keeps, archives: 1 })).toMatchObject({
    expired: [],
    failed: [{ archive: 'audit-archive:2026-08-10.1', error: 'A hold came in between.' }],
  });
  expect((await states())[0]).toBe('warm 2026-08-10.1 verified');
});

test('a clock that is far ahead of all that was sealed lets nothing expire before its time', async () => {
  await days();
  w.s.clock.set('2026-12-25T00:00:00Z');
  expect(await expire(60)).toMatchObject({ expired: [{}, {}] });
  expect(await states()).toContain('warm 2026-08-24.1 verified');
});

describe('B4: an archive that is gone', () => {
  test('without a statement is refused by the database, and found where somebody went around it', async () => {
    await days();
    const expired = "update audit_archives set state = 'expired', expired_by = 3 where period = '2026-08-10'";
    await expect(w.database.sql.unsafe(expired)).rejects.toThrow(/does not become expired/);
    await expect(
      w.database.owner.sql.unsafe("delete from audit_archives where period = '2026-08-10'"),
    ).rejects.toThrow(/append-only/);
    await expect(
      w.database.sql.unsafe("update audit_archives set sha256 = 'x' where period = '2026-08-10'"),
    ).rejects.toThrow(/not changed once it is written/);
    await w.tamper(expired);
    expect(await problems()).toMatchObject([
      { kind: 'missing', words: expect.stringMatching(/Segment 1 lies in audit-archive:2026-08-10\.1/) },
    ]);
  });

  test('between others of a folder is lawful where a statement of the folder tells of it, and a finding elsewhere', async () => {
    w.s.clock.set('2026-08-12T09:00:00Z');
    await w.insert(20, '2026-08-10T10:00:00Z');
    await w.insert(20, '2026-08-11T10:00:00Z');
    await w.seal();
    await archive();
    await w.insert(3, '2026-08-10T10:00:00.000005Z');
    await w.sealLate();
    w.s.clock.set(NOW);
    await w.insert(20, '2026-08-12T10:00:00Z');
    await w.insert(20, '2026-09-10T10:00:00Z');
    await w.insert(1, '2026-10-18T08:00:00Z');
    await w.seal();
    await archive();
    await prune();
    const late = (_: unknown, { part }: { part: number }) =>
      Promise.resolve(part === 2 ? null : 'It is wanted.');
    expect(await expire(60, { keeps: late })).toMatchObject({
      expired: [{ archive: 'audit-archive:2026-08-10.2', events: 3 }],
    });
    await remove();
    // The statement is younger than every archive.
    const early = await verifyFolder(w.objects);
    expect(early.problems.map(({ words }) => words).join('\n')).toMatch(
      /Statement \d+ is in no archive[\s\S]*Segment 3 lies in no archive of the folder\. If they expired/,
    );
    w.s.clock.set('2026-10-23T09:00:00Z');
    await w.insert(5, '2026-10-21T10:00:00Z');
    await w.insert(1, '2026-10-23T08:00:00Z');
    await w.seal();
    await archive();
    expect(await verifyFolder(w.objects)).toMatchObject({ problems: [], expired: 1 });
    // What was not told of still shows.
    await w.ctx.storage.delete(['audit/warm/2026/08/12.1.parquet', 'audit/warm/2026/08/12.1.manifest.json']);
    expect((await verifyFolder(w.objects)).problems.map(({ kind }) => kind).sort()).toEqual([
      'chain',
      'missing',
    ]);
  });
});
