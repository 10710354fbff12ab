import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@/lib/platform/ids';
import { archiveDue } from '../archive/archive-due';
import { tellPrune } from '../testing/tell-prune';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyLive } from '../verify/verify-live';
import { pruneArchived } from './prune-hot';

const NOW = '2026-11-21T09:00:00Z';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld(NOW);
  await w.insert(20, '2026-10-01T08:00:00Z');
  await w.insert(20, '2026-10-02T08:00:00Z');
  await w.insert(1, '2026-11-20T08:00:00Z');
  await w.seal();
});
afterEach(() => w.close());

const left = async () => {
  const [row] = await w.database.sql<{ events: number }[]>`
    select count(*)::int as events from audit_events where action = 'job.run'`;
  return row?.events;
};

describe('L8, L5: the role of the product itself', () => {
  test('gets no prune permitted by tables that it made up', async () => {
    await expect(
      w.database.sql.begin(async (tx) => {
        await tx`create temp table audit_segments (window_start timestamptz, window_end timestamptz, archive_id uuid)`;
        await tx`insert into audit_segments values ('2000-01-01', '2100-01-01', ${newId()})`;
        await tellPrune({ sql: tx as never }, { until: '2026-12-01T00:00:00Z', copies: 'archived' });
      }),
    ).rejects.toThrow(/not all events before/);
    expect(await left()).toBe(41);
  });

  test('puts no prune on record that no statement tells of, or that one tells of otherwise', async () => {
    const [{ sequence } = { sequence: 0 }] = await w.database.sql<{ sequence: number }[]>`
      select max(sequence)::int as sequence from audit_statements`;
    const forge = (statement: number, until: string) => w.database.sql`
      insert into audit_prunes (id, statement_sequence, until, copies, created_at)
      values (${newId()}, ${statement}, ${until}::text::timestamptz, 'final', now())`;
    await expect(forge(sequence, '2026-12-01T00:00:00Z')).rejects.toThrow(/no statement tells of this prune/);
    await tellPrune(w.database, { until: '2026-10-01T00:00:00Z', copies: 'final' });
    await expect(forge(sequence + 1, '2026-12-01T00:00:00Z')).rejects.toThrow(/no statement tells/);
    // Who makes up a statement as well is found: nobody has signed it.
    await tellPrune(w.database, { until: '2026-12-01T00:00:00Z', copies: 'final' });
    await w.database.sql`select prune_audit_events('-infinity', '2026-12-01', null, null, 1000)`;
    const { problems } = await verifyLive(w.s.as({ type: 'cli', osUser: 'root' }));
    expect(problems.map(({ words }) => words).join('\n')).toMatch(
      /is not[\s\S]*20 sealed events .* are gone/,
    );
  });

  test('makes up no segment, and none that is archived already', async () => {
    const forge = (archive: string | null, root: string) => w.database.sql`
      insert into audit_segments (id, window_start, window_end, events, bytes, root, statement_sequence, archive_id, sealed_at)
      select max(id) + 1, max(window_end), '2030-01-01', 20, 1, decode(${root}, 'hex'), max(statement_sequence), ${archive}, now()
      from audit_segments`;
    await expect(forge(null, '00')).rejects.toThrow(/no statement tells of this segment/);
    await archiveDue(w.ctx, { folder: w.folder });
    const [archive] = await w.database.sql<{ id: string }[]>`select id from audit_archives limit 1`;
    await expect(forge(archive?.id ?? '', '00')).rejects.toThrow(/no statement tells of this segment/);
  });

  test('makes up no verified archive, and lets none count for a day that is not its own', async () => {
    await expect(
      w.database
        .sql`insert into audit_archives (id, tier, period, part, state, object_key, manifest_key, created_at)
        values (${newId()}, 'warm', '2026-10-01', 9, 'verified', 'x', 'y', now())`,
    ).rejects.toThrow(/written before it is verified/);
    await archiveDue(w.ctx, { folder: w.folder });
    await expect(
      w.database
        .sql`update audit_segments set archive_id = (select id from audit_archives where period = '2026-10-02')
        where window_start < '2026-10-01T23:00:00Z'`,
    ).rejects.toThrow(/a sealed segment is not changed/);
  });

  test('lets no hashes go that the proof of a tampering needs', async () => {
    const forget = () => w.database.sql`update audit_segments set leaves = null where id = 1`;
    await expect(forget()).rejects.toThrow(/a sealed segment is not changed/);
    await archiveDue(w.ctx, { folder: w.folder });
    await expect(forget()).rejects.toThrow(/a sealed segment is not changed/);
    expect(await pruneArchived(w.ctx, { keys: w.keys })).toMatchObject({ rowsDeleted: 40, error: null });
    const [row] = await w.database.sql`select count(leaves)::int as kept from audit_segments where id = 1`;
    expect(row).toEqual({ kept: 0 });
  });

  test('hides no event by completing it into a time that was pruned', async () => {
    await archiveDue(w.ctx, { folder: w.folder });
    await pruneArchived(w.ctx, { keys: w.keys });
    const id = newId();
    await w.database.sql`insert into audit_events (id, time_started, action, actor, actor_details)
      values (${id}, '2026-11-21T08:59:00Z', 'hold.release', 'user:1', '{}')`;
    await expect(
      w.database
        .sql`update audit_events set time_completed = '2026-09-01', result = 'success' where id = ${id}`,
    ).rejects.toThrow(/not completed before it began/);
    await w.database.sql`select prune_audit_events('-infinity', '2026-10-01', null, null, 10)`;
    expect(await w.database.sql`select 1 from audit_events where id = ${id}`).toHaveLength(1);
    // Clocks differ by seconds, and now and then one is set back.
    await w.database
      .sql`update audit_events set time_completed = '2026-11-21T08:30:00Z', result = 'success' where id = ${id}`;
  });
});

describe('L4, L7: a longer retention that commits while a prune is going on', () => {
  const longerAfter = (times: number) => {
    let asked = 0;
    return async () => (++asked > times ? 'The retention is longer now.' : null);
  };

  test('keeps what is left after the batch that was going on, and the status says what went', async () => {
    w.s.clock.set('2027-01-21T09:00:00Z');
    await w.insert(5000, '2026-11-22T08:00:00Z');
    await w.insert(1, '2026-12-28T08:00:00Z');
    await w.seal(1000);
    await archiveDue(w.ctx, { folder: w.folder });
    // Before the prune is signed, before it begins, and in the first batch.
    const done = await pruneArchived(w.ctx, { keys: w.keys, mustStay: longerAfter(3) });
    expect(done).toMatchObject({ rowsDeleted: 2000, error: 'The retention is longer now.' });
    expect(await left()).toBe(5042 - 2000);
  });

  test('keeps a partition that was detached already: it is attached again', async () => {
    await archiveDue(w.ctx, { folder: w.folder });
    w.s.clock.set('2026-12-21T09:00:00Z');
    await w.insert(1, '2026-12-19T08:00:00Z');
    await w.seal();
    await archiveDue(w.ctx, { folder: w.folder });
    const ownerUrl = w.database.ownerUrl;
    const partitions = () =>
      w.database.sql`select name from audit_partitions where upper <= '2026-11-22' order by lower`;
    const before = await partitions();
    const done = await pruneArchived(w.ctx, { keys: w.keys, ownerUrl, mustStay: longerAfter(3) });
    expect(done).toMatchObject({
      rowsDeleted: 0,
      partitionsDropped: 0,
      error: 'The retention is longer now.',
    });
    expect(await partitions()).toEqual(before);
    expect(await left()).toBe(42);
    expect(await pruneArchived(w.ctx, { keys: w.keys, ownerUrl })).toMatchObject({ error: null });
    expect(await left()).toBe(1);
  });
});
