import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '@/lib/platform/clock';
import { archiveDue } from '../archive/archive-due';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { measureTiers } from './measure-tiers';
import { sampleTiers, thinSamples } from './sample-tiers';
import { samplesSince } from './samples-since';

const NOW = new Date('2026-11-21T09:20:00Z');

let world: TierWorld;
beforeAll(async () => {
  world = await tierWorld(NOW.toISOString());
});
afterAll(() => world.close());

const at = (text: string) => new Date(text);
const samples = async () =>
  (await world.database.sql`select at, tier from audit_samples order by at, tier`).map(
    ({ at: time, tier }) => ({
      at: new Date(time),
      tier,
    }),
  );

describe('the size of the tiers', () => {
  it('T4: of an empty log is nothing but empty partitions, and no error', async () => {
    const { tiers, events, emptyBytes } = await measureTiers(world.database.db);
    expect(events).toBe(0);
    expect(tiers.map(({ tier, events: count, oldest }) => [tier, count, oldest])).toEqual([
      ['hot', 0, null],
      ['warm', 0, null],
      ['cold', 0, null],
    ]);
    expect(emptyBytes).toBe(tiers[0].tableBytes + tiers[0].indexBytes);
  });

  it('T4: counts what is sealed and what is archived, each event of the log once', async () => {
    await world.insert(30, '2026-11-19T10:00:00Z');
    await world.insert(12, '2026-11-21T08:00:00Z');
    await world.seal(10);
    await archiveDue(world.ctx, { folder: world.folder });
    const { tiers, events, emptyBytes, sealBytes } = await measureTiers(world.database.db);
    const [hot, warm, cold] = tiers;
    expect(events).toBe(42);
    expect(hot).toMatchObject({
      events: 42,
      isEstimate: false,
      objectBytes: 0,
      oldest: at('2026-11-19T09:59:57.000Z'),
      // The event of the archiving itself, which is not sealed yet.
      newest: NOW,
    });
    expect(hot.tableBytes + hot.indexBytes).toBeGreaterThan(emptyBytes);
    expect(sealBytes).toBeGreaterThan(0);
    const [archive] = await world.database.sql`select events::int, bytes::int from audit_archives`;
    expect(archive?.events).toBe(30);
    expect(warm).toMatchObject({ events: 30, objectBytes: archive?.bytes, tableBytes: 0 });
    expect(cold.events).toBe(0);
  });

  it('T4: no longer counts archives that were replaced or have expired', async () => {
    await world.tamper("update audit_archives set state = 'replaced'");
    const [, replaced] = (await measureTiers(world.database.db)).tiers;
    expect(replaced).toMatchObject({ events: 0, oldest: null });
    // Its objects take room until they are gone.
    expect(replaced.objectBytes).toBeGreaterThan(0);
    await world.tamper('update audit_archives set objects_removed_at = now()');
    expect((await measureTiers(world.database.db)).tiers[1].objectBytes).toBe(0);
    await world.tamper("update audit_archives set state = 'verified', objects_removed_at = null");
  });

  it('T4: leaves out what the limits of a stream took from the midst of its segments', async () => {
    await world.tamper(`insert into audit_prunes (id, statement_sequence, stream, until, since, leaves, copies, created_at)
      values (gen_random_uuid(), 1, 'billing', '2026-11-21T08:30:00Z', '2026-11-19', '${String.raw`\x`}${'00'.repeat(32 * 5)}', 'archived', now())`);
    const { tiers, events } = await measureTiers(world.database.db);
    expect(tiers[0]).toMatchObject({ isEstimate: false, events: 37 });
    expect(events).toBe(42);
  });

  it('T4: is said to be an estimate while a prune is half way through a segment', async () => {
    await world.tamper(`insert into audit_prunes (id, statement_sequence, until, copies, created_at)
      values (gen_random_uuid(), 1, '2026-11-20T00:00:00Z', 'archived', now())`);
    await world.tamper("delete from audit_events where time_completed < '2026-11-19T10:00:00.000005Z'");
    expect((await measureTiers(world.database.db)).tiers[0].isEstimate).toBe(true);
    await world.tamper("update audit_segments set leaves = null where window_start < '2026-11-20'");
    await world.tamper('update audit_prunes set leaves = null');
    expect((await measureTiers(world.database.db)).tiers[0]).toMatchObject({ isEstimate: false, events: 12 });
  });
});

describe('samples', () => {
  it('T4: are taken once an hour, however often the job comes round', async () => {
    expect(await sampleTiers(world.ctx)).toEqual({ isTaken: true, thinned: 0, error: null });
    expect((await samples()).map(({ tier }) => tier)).toEqual(['hot', 'warm', 'cold']);
    world.s.clock.set('2026-11-21T09:59:59Z');
    expect((await sampleTiers(world.ctx)).isTaken).toBe(false);
    world.s.clock.set('2026-11-21T10:00:00Z');
    expect((await sampleTiers(world.ctx)).isTaken).toBe(true);
    expect(await samples()).toHaveLength(6);
    const [first] = await samplesSince(world.database.db, at('2026-11-21T10:00:00Z'), 7);
    expect(first).toMatchObject({ at: NOW, tier: 'hot', events: 12, isEstimate: false });
  });

  it('T4: that cannot be taken are told, and end no job', async () => {
    world.s.clock.set('2026-11-21T11:00:00Z');
    await world.database.owner.sql`alter table audit_samples rename to hidden`;
    const done = await sampleTiers(world.ctx);
    await world.database.owner.sql`alter table hidden rename to audit_samples`;
    expect(done).toMatchObject({ isTaken: false, error: expect.stringContaining('not measured') });
  });

  it('T4: get fewer with age: hours for 30 days, days for two years, then weeks, whenever they are thinned', async () => {
    const { sql, db } = world.database;
    await sql`delete from audit_samples`;
    const fill =
      () => sql`insert into audit_samples (at, tier, events, table_bytes, index_bytes, object_bytes)
      select at, tier, 1, 1, 1, 1 from generate_series('2024-01-01T00:05:00Z'::timestamptz, ${NOW.toISOString()}, '1 hour') at,
        unnest(array['hot', 'cold']::audit_tier[]) tier`;
    await fill();
    await thinSamples(db, NOW);
    const kept = await samples();
    expect(await thinSamples(db, NOW)).toBe(0);

    const hot = kept.filter(({ tier }) => tier === 'hot').map((row) => row.at.toISOString());
    expect(kept).toHaveLength(hot.length * 2);
    const [weeks, days, hours] = [
      hot.filter((text) => text < '2024-11-18'),
      hot.filter((text) => text >= '2024-11-18' && text < '2026-10-22'),
      hot.filter((text) => text >= '2026-10-22'),
    ];
    // Of each week its Monday, and of each day its first hour.
    expect(weeks).toHaveLength(46);
    expect(weeks.every((text) => new Date(text).getUTCDay() === 1 && text.includes('T00:05'))).toBe(true);
    expect(days).toHaveLength(703);
    expect(days.every((text) => text.includes('T00:05'))).toBe(true);
    expect(hours).toHaveLength(30 * 24 + 10);

    await sql`delete from audit_samples`;
    await fill();
    for (const days of [700, 311, 100, 3, 0]) await thinSamples(db, addDays(NOW, -days));
    expect(await samples()).toEqual(kept);
  });
});
