import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archiveDue } from '../archive/archive-due';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyLive } from '../verify/verify-live';
import { type PruneOptions, pruneArchived, pruneWithoutArchive } from './prune-hot';

const NOW = '2026-10-20T09:00:00Z';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld(NOW);
});
afterEach(() => w.close());

const archive = () => archiveDue(w.ctx, { folder: w.folder });
const prune = (options: Partial<PruneOptions> = {}) =>
  pruneArchived(w.ctx, { keys: w.keys, hotDays: 30, ...options });
const dropping = (options: Partial<PruneOptions> = {}) =>
  prune({ ownerUrl: w.database.ownerUrl, ...options });
const one = async (query: string) => {
  const [row] = await w.database.owner.sql.unsafe(query);
  return row ? Object.values(row)[0] : undefined;
};
const count = (where = 'true') =>
  one(
    `select count(*)::int from audit_events where actor like 'system:%' and action = 'job.run' and ${where}`,
  );
const prunes = () => one('select count(*)::int from audit_prunes');
const verify = () => verifyLive(w.s.as({ type: 'cli', osUser: 'root' }));

/** Two days of August and one of September that are old enough, and one that is not. */
async function fill() {
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(40, '2026-08-11T10:00:00Z');
  await w.insert(40, '2026-09-10T10:00:00Z');
  await w.insert(40, '2026-10-18T10:00:00Z');
  await w.seal();
}

describe('in batches', () => {
  test('T2, L5: nothing goes before it is archived, and then exactly what was', async () => {
    await fill();
    expect(await prune()).toMatchObject({ until: null, rowsDeleted: 0, error: null });
    expect(await prunes()).toBe(0);
    await archive();
    expect(await prune()).toMatchObject({
      cutoff: '2026-09-20T09:00:00.000Z',
      rowsDeleted: 120,
      partitionsDropped: 0,
      error: null,
    });
    expect(await count()).toBe(40);
    expect(await prune()).toMatchObject({ rowsDeleted: 0 });
    expect(await prunes()).toBe(1);
    const { problems, pruned } = await verify();
    expect(problems).toEqual([]);
    expect(pruned).toBe(120);
  });

  test('O3: the oldest go first, at most so many in an activation, and the next goes on there', async () => {
    await fill();
    await archive();
    expect(await prune({ maxDeleted: 50 })).toMatchObject({ rowsDeleted: 50, maxDeleted: 50 });
    expect(await count("time_completed < '2026-08-11'")).toBe(0);
    expect(await count("time_completed < '2026-08-12'")).toBe(30);
    expect((await verify()).problems).toEqual([]);
    expect(await prune({ maxDeleted: 50 })).toMatchObject({ rowsDeleted: 50 });
    expect(await prune({ maxDeleted: 50 })).toMatchObject({ rowsDeleted: 20 });
    expect(await prune({ maxDeleted: 50 })).toMatchObject({ rowsDeleted: 0 });
    expect(await one('select count(*)::int from audit_segments where leaves is null')).toBe(6);
    expect(await one('select count(*)::int from audit_archives where hot_pruned_at is not null')).toBe(3);
  });

  test('O2: incomplete events are never pruned', async () => {
    await w.database.sql`insert into audit_events (id, time_started, action, actor, actor_details)
      values (gen_random_uuid(), '2026-08-10T10:00:00Z', 'job.run', 'system:open', '{}')`;
    await fill();
    await archive();
    await prune();
    await dropping();
    expect(await count('time_completed is null')).toBe(1);
  });

  test('L5: a row that came late and has no archive stops the prune there, until it has one', async () => {
    await fill();
    await archive();
    await w.insert(1, '2026-08-11T10:00:00.000007Z');
    const stopped = await prune();
    expect(stopped.error).toMatch(/1 events that became final between 2026-08-11.* are in no archive/);
    expect(await count("time_completed >= '2026-08-11' and time_completed < '2026-08-12'")).toBe(41);
    expect(await dropping()).toMatchObject({
      partitionsDropped: 0,
      error: expect.stringContaining('no archive'),
    });
    await w.sealLate();
    // Sealed, but not archived: the database itself would refuse it.
    expect(await prune()).toMatchObject({ rowsDeleted: 0 });
    await archive();
    expect(await prune()).toMatchObject({ error: null });
    expect(await count("time_completed < '2026-09-01'")).toBe(0);
  });

  test('L5: a row that comes into a window that was pruned stays and is told, and nothing else waits for it', async () => {
    await fill();
    await archive();
    await prune();
    await w.insert(1, '2026-08-10T10:00:00.000007Z');
    const before = await one("select count(*)::int from audit_events where action = 'audit.prune'");
    expect(await prune()).toMatchObject({ rowsDeleted: 0, error: expect.stringContaining('in no archive') });
    expect(await dropping()).toMatchObject({
      rowsDeleted: 0,
      error: expect.stringContaining('in no archive'),
    });
    expect(await count("time_completed < '2026-08-11'")).toBe(1);
    // Nothing was done, so nothing is on record, every ten minutes.
    expect(await one("select count(*)::int from audit_events where action = 'audit.prune'")).toBe(before);
    await w.sealLate();
    await archive();
    expect(await prune()).toMatchObject({ rowsDeleted: 1, error: null });
  });

  test('L5: an event that was altered after it was archived is not removed, and stops the prune', async () => {
    await fill();
    await archive();
    await prune({ maxDeleted: 5 });
    await w.tamper(
      "update audit_events set reason = 'x' where actor = 'system:9' and time_completed < '2026-08-11'",
    );
    expect((await prune()).error).toMatch(/1 events .* not what was sealed/);
    expect(await count("reason = 'x'")).toBe(1);
  });

  test('O3: without an archive, what is older than 90 days goes for good, by a statement that says so', async () => {
    await w.insert(40, '2026-08-10T10:00:00Z');
    await w.insert(40, '2026-10-18T10:00:00Z');
    await w.seal();
    w.s.clock.set('2026-11-20T09:00:00Z');
    const without = () => pruneWithoutArchive(w.ctx, { keys: w.keys });
    expect(await without()).toMatchObject({
      cutoff: '2026-08-22T09:00:00.000Z',
      rowsDeleted: 40,
      error: null,
    });
    expect(await one('select copies from audit_prunes')).toBe('final');
    expect((await verify()).problems).toEqual([]);
  });

  test('a longer period holds at once, also for what an earlier prune permits', async () => {
    await fill();
    await archive();
    await prune({ maxDeleted: 1 });
    expect(await prune({ hotDays: 80 })).toMatchObject({ rowsDeleted: 0 });
    expect(await prune({ hotDays: 30 })).toMatchObject({ rowsDeleted: 119 });
  });

  test('O4: periods and batches that make no sense are refused', async () => {
    for (const bad of [0, -1, 1.5, Number.NaN, 1e12]) {
      await expect(prune({ hotDays: bad })).rejects.toMatchObject({ code: 'invalid' });
      await expect(prune({ maxDeleted: bad })).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  test('L8: the product may delete by prunes on record alone, and only final events', async () => {
    await fill();
    const call = (until: string) =>
      w.database.sql`select * from prune_audit_events('-infinity', ${until}, null, null, 10)`;
    await expect(call('2026-09-01')).rejects.toThrow(/no prune on record covers/);
    await archive();
    await prune({ maxDeleted: 1 });
    await expect(call('2026-10-19')).resolves.toHaveLength(1);
    await expect(
      w.database.sql`select * from prune_audit_events('2026-10-01', '2026-10-19', null, null, 10)`,
    ).rejects.toThrow(/no prune on record covers/);
    await expect(w.database.sql`delete from audit_events`).rejects.toThrow(/permission denied/);
  });
});

describe('by partitions', () => {
  const partitions = async () => {
    const rows = await w.database
      .sql`select name from audit_partitions where lower < '2026-11-01' order by lower`;
    return rows.map(({ name }) => name);
  };
  const tables = () =>
    one("select count(*)::int from pg_class where relkind = 'r' and relname ~ '^audit_events_2026_08'");

  test('O3: a partition all of whose events may go is detached and dropped, the rest goes in batches', async () => {
    await fill();
    await archive();
    expect(await dropping()).toMatchObject({
      partitionsDropped: 1,
      rowsDropped: 80,
      rowsDeleted: 40,
      error: null,
    });
    expect(await partitions()).not.toContain('audit_events_2026_08_01');
    expect(await partitions()).toContain('audit_events_2026_09_01');
    expect(await count()).toBe(40);
    expect(await one('select count(*)::int from audit_segments where leaves is null')).toBe(6);
    expect((await verify()).problems).toEqual([]);
    expect(await dropping()).toMatchObject({ partitionsDropped: 0, rowsDeleted: 0 });
  });

  test('O3: switched off, nothing is dropped', async () => {
    await fill();
    await archive();
    expect(await dropping({ dropPartitions: false })).toMatchObject({
      partitionsDropped: 0,
      rowsDeleted: 120,
    });
    expect(await partitions()).toContain('audit_events_2026_08_01');
  });

  test('L5: a partition with an event that has no archive stays', async () => {
    await fill();
    await archive();
    // Began in August and was final in October: its day is archived, and too young.
    await w.database
      .sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
      values (gen_random_uuid(), '2026-08-10T12:00:00Z', '2026-10-20T08:00:00Z', 'success', 'job.run', 'system:long', '{}')`;
    expect(await dropping()).toMatchObject({ partitionsDropped: 0, rowsDeleted: 120 });
    expect(await count("actor = 'system:long'")).toBe(1);
  });

  describe('L9: a crash', () => {
    const DETACH = 'alter table audit_events detach partition audit_events_2026_08_01';

    test('after the detachment is brought to its end by the next run', async () => {
      await fill();
      await archive();
      await prune({ maxDeleted: 1 });
      await w.database.owner.sql.unsafe(`${DETACH} concurrently`);
      // A run that may not change tables leaves alone what is needed to finish.
      await prune();
      expect(await one('select count(*)::int from audit_segments where leaves is null')).toBe(0);
      expect(await dropping()).toMatchObject({ partitionsDropped: 1, rowsDropped: 79, error: null });
      expect(await tables()).toBe(0);
      expect(await one('select count(*)::int from audit_segments where leaves is null')).toBe(6);
    });

    test('in the middle of the detachment as well', async () => {
      await fill();
      await archive();
      const reader = await w.database.owner.sql.reserve();
      await reader.unsafe('begin isolation level repeatable read');
      await reader.unsafe('select count(*) from audit_events');
      const impatient = await w.database.owner.sql.reserve();
      await impatient.unsafe("set statement_timeout = '300ms'");
      await expect(impatient.unsafe(`${DETACH} concurrently`)).rejects.toThrow(/timeout/);
      await impatient.unsafe('reset statement_timeout');
      impatient.release();
      await reader.unsafe('commit');
      reader.release();
      expect(await one('select count(*)::int from pg_inherits where inhdetachpending')).toBe(1);
      expect(await dropping()).toMatchObject({ partitionsDropped: 1, rowsDropped: 80, error: null });
      expect(await tables()).toBe(0);
    });

    test('leaves a table that holds an event without an archive: it is attached again', async () => {
      await fill();
      await archive();
      await w.database.owner.sql.unsafe(`${DETACH} concurrently`);
      await w.tamper(`insert into audit_events_2026_08_01 (id, time_started, time_completed, result, action, actor, actor_details)
        values (gen_random_uuid(), '2026-08-10T12:00:00Z', '2026-08-10T10:00:00.000005Z', 'success', 'job.run', 'system:late', '{}')`);
      expect(await dropping()).toMatchObject({
        partitionsDropped: 0,
        error: expect.stringContaining('in no archive'),
      });
      expect(await partitions()).toContain('audit_events_2026_08_01');
      expect(await count("time_completed < '2026-09-01'")).toBe(81);
      // What holds for a partition holds for it again.
      await expect(
        w.database.owner.sql`update audit_events set reason = 'x' where actor = 'system:late'`,
      ).rejects.toThrow(/append-only/);
      await expect(w.database.owner.sql`truncate audit_events_2026_08_01`).rejects.toThrow(/append-only/);
    });
  });

  test('O3: two at once: one prunes, the other says that it is busy', async () => {
    await fill();
    await archive();
    const both = await Promise.all([dropping(), dropping()]);
    expect(both.map(({ isBusy }) => isBusy).sort()).toEqual([false, true]);
    expect(both[0].rowsDropped + both[1].rowsDropped).toBe(80);
  });
});
