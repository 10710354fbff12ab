import { readdir, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import type { S3Storage } from '@/lib/platform/storage/s3-storage';
import type { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { eventFilter } from '../event-filter';
import { listAuditEvents, loadAuditEvent } from '../list-events';
import type { TierWorld } from '../testing/tier-world';
import { searchEvents } from './search-events';
import { type RemoteWorld, remoteWorld } from './testing/remote-world';

const OLD = { to: '2026-10-01T00:00:00Z' };

let world: RemoteWorld;
let w: TierWorld;
let s3: S3TestServer;
let storage: S3Storage;
let ctx: Context;
let objects: RemoteWorld['objects'];
beforeAll(async () => {
  world = await remoteWorld();
  ({ w, s3, storage, ctx, objects } = world);
});
afterAll(() => world.close());
beforeEach(() => s3.calm());
afterEach(() => world.restore());

const objectOf = (day: string) => `audit/warm/${day.replaceAll('-', '/')}.1.parquet`;
const isGet = ({ method }: { method: string }) => method === 'GET';
const days = (rows: readonly { timeStarted: string }[]) => [
  ...new Set(rows.map(({ timeStarted }) => timeStarted.slice(0, 10))),
];
const all = async () => (await listAuditEvents(ctx, { ...OLD, limit: 200 })).events;

describe('T5: what cannot be reached is told, and what was found is shown', () => {
  test('an archive that is gone', async () => {
    await storage.delete([objectOf('2026-09-02')]);
    const page = await listAuditEvents(ctx, { ...OLD, limit: 200 });
    expect(days(page.events)).toEqual(['2026-09-05', '2026-09-03', '2026-09-01']);
    expect(page.searched).toMatchObject({ tiers: ['hot', 'warm'], isCutShort: false });
    expect(page.searched.archives.map(({ period }) => period)).not.toContain('2026-09-02');
    expect(page.searched.unreachable).toMatchObject([
      {
        tier: 'warm',
        period: '2026-09-02',
        part: 1,
        why: expect.stringMatching(/There is no object .*02\.1/),
      },
    ]);
    // A page that does not reach back to it has nothing to say of it.
    const newer = await listAuditEvents(ctx, { ...OLD, from: '2026-09-03T00:00:00Z' });
    expect(newer.searched.unreachable).toEqual([]);
  });

  test('an archive that is not what was verified; it is not kept either', async () => {
    const key = objectOf('2026-09-02');
    const bent = Buffer.from(objects.get(key)!);
    bent[200] = (bent[200] ?? 0) ^ 1;
    await storage.put(key, bent);
    const { searched } = await listAuditEvents(ctx, { ...OLD, limit: 200 });
    expect(searched.unreachable).toMatchObject([
      { period: '2026-09-02', why: expect.stringMatching(/SHA-256/) },
    ]);
    await storage.put(key, objects.get(key)!);
    expect((await listAuditEvents(ctx, { ...OLD, limit: 200 })).searched.unreachable).toEqual([]);
  });

  test('a store that does not answer is asked once, and what is here already is read', async () => {
    await listAuditEvents(ctx, { ...OLD, from: '2026-09-03T00:00:00Z' });
    s3.calm();
    s3.fail({ type: 'status', status: 503, code: 'ServiceUnavailable' }, 1000, isGet);
    const page = await listAuditEvents(ctx, { ...OLD, limit: 200 });
    expect(days(page.events)).toEqual(['2026-09-05', '2026-09-03']);
    expect(page.searched.unreachable.map(({ period }) => period).sort()).toEqual([
      '2026-09-01',
      '2026-09-02',
    ]);
    expect(new Set(world.gets())).toHaveProperty('size', 1);
  });

  test('a download that breaks off', async () => {
    s3.fail({ type: 'drop-after' }, 2, isGet);
    const { searched } = await listAuditEvents(ctx, { ...OLD, from: '2026-09-04T00:00:00Z', limit: 200 });
    expect(searched.unreachable).toHaveLength(1);
    expect((await readdir(world.cache)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('one event of an archive that is gone is not said to be nowhere', async () => {
    const [event] = (await listAuditEvents(ctx, { to: '2026-09-03T00:00:00Z', limit: 1 })).events;
    await rm(world.cache, { recursive: true });
    await storage.delete([objectOf('2026-09-02')]);
    const { id, timeStarted } = event!;
    await expect(loadAuditEvent(ctx, { id, timeStarted })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(loadAuditEvent(ctx, { id })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('O6: a page that would cost too much', () => {
  const search = (limits: { archives: number; ms: number; mostMs: number }, filter: object = {}) =>
    async function* () {
      let after = null;
      do {
        const found = await searchEvents(ctx, eventFilter.parse({ ...OLD, ...filter }), {
          limit: 100,
          after,
          limits,
        });
        yield found;
        after = found.next;
      } while (after);
    };

  test('ends where it can, says so, and the next ones lose and repeat nothing', async () => {
    const expected = await all();
    for (const limits of [
      { archives: 1, ms: 60_000, mostMs: 60_000 },
      { archives: 100, ms: 0, mostMs: 60_000 },
    ]) {
      const rows = [];
      const ends = [];
      for await (const { events, endedAt, archives } of search(limits)()) {
        expect(archives.length).toBeLessThanOrEqual(1);

        rows.push(...events);
        ends.push(endedAt?.slice(0, 10) ?? null);
      }
      expect(rows).toEqual(expected);
      expect(ends).toEqual(['2026-09-03', '2026-09-02', '2026-09-01', null]);
    }
  });

  test('may find nothing yet, and goes on from there', async () => {
    const found = [];
    for await (const page of search(
      { archives: 2, ms: 60_000, mostMs: 60_000 },
      { actor: 'system:nobody' },
    )()) {
      found.push([page.events.length, page.endedAt?.slice(0, 10) ?? null, page.next !== null]);
      if (page.next) expect(decodeCursor(encodeCursor(page.next))).toEqual(page.next);
    }
    expect(found).toEqual([
      [0, '2026-09-02', true],
      [0, null, false],
    ]);
  });
});

test('B5: an archive that is replaced while it is searched is searched where it is now', async () => {
  const expected = await all();
  await rm(world.cache, { recursive: true });
  const key = objectOf('2026-09-02');
  await storage.put('audit/cold/2026/09.1.parquet', objects.get(key)!);
  // It is settled while the search is under way: between the listing of the archives and the reading of this one.
  const slow = new Proxy(storage, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== 'get') return typeof value === 'function' ? value.bind(target) : value;
      return async (asked: string) => {
        if (asked === key) {
          await storage.delete([key]);
          await w.tamper(`
            insert into audit_archives (id, tier, period, part, state, object_key, manifest_key, events, bytes, sha256, first_started,
                last_started, streams, created_at, verified_at, hot_pruned_at)
              select gen_random_uuid(), 'cold', '2026-09-01', 1, 'verified', 'audit/cold/2026/09.1.parquet', 'x', events, bytes, sha256,
                first_started, last_started, streams, created_at, verified_at, hot_pruned_at
              from audit_archives where period = '2026-09-02';
            update audit_archives set state = 'replaced' where period = '2026-09-02' and tier = 'warm'`);
        }
        return target.get(asked);
      };
    },
  });
  const page = await listAuditEvents({ ...ctx, storage: slow }, { ...OLD, limit: 200 });
  expect(page.events).toEqual(expected);
  expect(page.searched).toMatchObject({ tiers: ['hot', 'warm', 'cold'], unreachable: [] });
});
