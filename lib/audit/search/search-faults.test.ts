import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { S3Storage } from '@/lib/platform/storage/s3-storage';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { archiveDue } from '../archive/archive-due';
import { eventFilter } from '../event-filter';
import { listAuditEvents, loadAuditEvent } from '../list-events';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { type ArchiveObject, type FileOptions, withArchiveFile } from './archive-file';
import { auditEventRows } from './event-rows';
import { searchEvents } from './search-events';

const OLD = { to: '2026-10-01T00:00:00Z' };
const DAYS = ['2026-09-01', '2026-09-02', '2026-09-03'];

let w: TierWorld;
let s3: S3TestServer;
let storage: S3Storage;
let ctx: Context;
/** The bytes of each object, by key. */
let objects: Map<string, Buffer>;
beforeAll(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  vi.stubEnv('LAPSE_DATA_DIR', w.folder);
  s3 = await S3TestServer.start('audit');
  storage = new S3Storage({
    bucket: 'audit',
    endpoint: s3.endpoint,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
    forcePathStyle: true,
    retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 2 },
    timeoutMs: 5_000,
  });
  for (const day of DAYS) await w.insert(40, `${day}T10:00:00Z`);
  await w.insert(40, '2026-09-05T10:00:00Z');
  await w.insert(1, '2026-11-20T10:00:00Z');
  await w.seal();
  expect(await archiveDue(w.using(storage), { folder: path.join(w.folder, 'a') })).toMatchObject({
    failed: [],
  });
  await pruneArchived(w.using(storage), { keys: w.keys });
  ctx = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage };
  objects = new Map();
  for await (const { key } of storage.list({ prefix: 'audit/' })) {
    objects.set(key, await buffer(await storage.get(key)));
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await storage.close();
  await s3.stop();
  await w.close();
});
beforeEach(() => s3.calm());
afterEach(async () => {
  for (const [key, body] of objects) await storage.put(key, body);
  await rm(path.join(w.folder, 'audit-cache'), { recursive: true, force: true });
});

const objectOf = (day: string) => `audit/warm/${day.replaceAll('-', '/')}.1.parquet`;
const gets = () =>
  s3.requests.filter(({ method, url }) => method === 'GET' && url.includes('.parquet')).map(({ url }) => url);
const isGet = ({ method }: { method: string }) => method === 'GET';
const days = (rows: readonly { timeStarted: string }[]) => [
  ...new Set(rows.map(({ timeStarted }) => timeStarted.slice(0, 10))),
];
const all = async () => {
  const rows = [];
  for await (const batch of auditEventRows(ctx, OLD)) rows.push(...batch);
  return rows;
};

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
    await expect(all()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/The warm archive of 2026-09-02 cannot be read: There is no object/),
    });
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
    expect(new Set(gets())).toHaveProperty('size', 1);
  });

  test('a download that breaks off', async () => {
    s3.fail({ type: 'drop-after' }, 2, isGet);
    const { searched } = await listAuditEvents(ctx, { ...OLD, from: '2026-09-04T00:00:00Z', limit: 200 });
    expect(searched.unreachable).toHaveLength(1);
    expect(
      (await readdir(path.join(w.folder, 'audit-cache'))).filter((name) => name.endsWith('.part')),
    ).toEqual([]);
  });

  test('one event of an archive that is gone is not said to be nowhere', async () => {
    const [event] = (await listAuditEvents(ctx, { to: '2026-09-03T00:00:00Z', limit: 1 })).events;
    await rm(path.join(w.folder, 'audit-cache'), { recursive: true });
    await storage.delete([objectOf('2026-09-02')]);
    const { id, timeStarted } = event!;
    await expect(loadAuditEvent(ctx, { id, timeStarted })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(loadAuditEvent(ctx, { id })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('archives of a remote store', () => {
  test('are brought once, also for searches at the same time', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map(() => listAuditEvents(ctx, { ...OLD, limit: 200 })));
    expect(pages.map(({ events }) => events.length)).toEqual([160, 160, 160, 160]);
    expect(gets()).toHaveLength(4);
    expect(await all()).toEqual(pages[0]!.events);
    expect(gets()).toHaveLength(4);
  });

  const archives = async (): Promise<ArchiveObject[]> => [
    ...(await w.s.sql<ArchiveObject[]>`
      select object_key as "objectKey", encode(sha256, 'hex') as sha256, bytes::int as bytes from audit_archives
      where state = 'verified' order by period`),
  ];
  const options = (): FileOptions => ({ patienceMs: 5_000, folder: path.join(w.folder, 'audit-cache') });
  const cached = async () => (await readdir(path.join(w.folder, 'audit-cache'))).sort();

  test('make room for each other, the least recently read one first; one that is being read stays', async () => {
    const [one, two, three] = await archives();
    const limited = { ...options(), limitBytes: one!.bytes + two!.bytes + 10 };
    const read = (archive: ArchiveObject) => withArchiveFile(ctx, archive, limited, async (file) => file);
    await read(one!);
    w.s.clock.set('2026-11-21T09:00:01Z');
    await read(two!);
    w.s.clock.set('2026-11-21T09:00:02Z');
    await read(one!);
    await read(three!);
    expect(await cached()).toEqual([`${one!.sha256}.parquet`, `${three!.sha256}.parquet`].sort());
    await withArchiveFile(ctx, one!, limited, async (file) => {
      w.s.clock.set('2026-11-21T09:00:03Z');
      await read(three!);
      await read(two!);
      expect((await stat(file)).size).toBe(one!.bytes);
    });
  });

  test('that were damaged here, or cleared away by another process, are brought again', async () => {
    const [one] = await archives();
    let reads = 0;
    const size = await withArchiveFile(ctx, one!, options(), async (file) => {
      reads += 1;
      if (reads === 1) {
        await writeFile(file, Buffer.alloc(one!.bytes));
        throw new Error('this is no Parquet');
      }
      return (await stat(file)).size;
    });
    expect([reads, size]).toEqual([2, one!.bytes]);
    await withArchiveFile(ctx, one!, options(), async (file) => {
      reads += 1;
      if (reads === 3) await rm(file);
      return stat(file);
    });
    expect([reads, gets().length]).toEqual([4, 3]);
    // What is sound, and fails all the same, is not brought for ever.
    const broken = withArchiveFile(ctx, one!, options(), async () => Promise.reject(new Error('no')));
    await expect(broken).rejects.toThrow('no');
    expect(gets()).toHaveLength(3);
  });

  test('are waited for a while, and are there for the next one', async () => {
    const [one] = await archives();
    s3.fail({ type: 'delay', ms: 300 }, 1, isGet);
    const hurried = withArchiveFile(ctx, one!, { ...options(), patienceMs: 20 }, async () => true);
    await expect(hurried).rejects.toMatchObject({ code: 'unavailable', message: /still being fetched/ });
    expect(await withArchiveFile(ctx, one!, options(), async () => true)).toBe(true);
    expect(gets()).toHaveLength(1);
  });

  test('that a killed process had half fetched are cleared away', async () => {
    const [one, two] = await archives();
    await withArchiveFile(ctx, one!, options(), async () => true);
    const part = path.join(w.folder, 'audit-cache', 'x.part');
    await writeFile(part, 'x');
    await utimes(part, new Date('2026-11-20'), new Date('2026-11-20'));
    await withArchiveFile(ctx, two!, options(), async () => true);
    expect(await cached()).not.toContain('x.part');
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
  await rm(path.join(w.folder, 'audit-cache'), { recursive: true });
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
