import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LapseError } from '@/lib/platform/errors';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { s3TestStorage } from '@/lib/platform/storage/testing/s3-test-storage';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { archiveDay, archiveDue } from './archive-due';
import { restoreArchive } from './restore';

const NOW = '2026-10-20T09:00:00Z';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld(NOW);
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(40, '2026-08-11T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
});
afterEach(() => w.close());

/** The folder, but for the methods that are given. */
const faulty = (faults: Partial<ObjectStorage>): ObjectStorage =>
  new Proxy(w.ctx.storage, {
    get: (target, name) => {
      const fault = Reflect.get(faults, name);
      if (fault) return fault;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
const archiveOn = (storage: ObjectStorage) => archiveDue(w.using(storage), { folder: w.folder });
const get = (key: string) => w.ctx.storage.get(key);
const verified = async () => {
  const rows = await w.database
    .sql`select period::text as day from audit_archives where state = 'verified' order by 1`;
  return rows.map(({ day }) => day);
};
const isFirst = (key: string) => key.includes('/08/10.');
const bend = async (key: string, change: (bytes: Buffer) => Buffer) =>
  Readable.from([change(await buffer(await get(key)))]);

const FAULTS: [string, () => Partial<ObjectStorage>, RegExp][] = [
  [
    'cannot be written',
    () => ({
      put: async (key, body) => {
        if (isFirst(key)) throw new LapseError('unavailable', 'the disk is full');
        return w.ctx.storage.put(key, body);
      },
    }),
    /the disk is full/,
  ],
  [
    'comes back with one bit changed',
    () => ({
      get: async (key) =>
        isFirst(key) && key.endsWith('.parquet')
          ? bend(key, (bytes) => {
              bytes[200] = (bytes[200] ?? 0) ^ 1;
              return bytes;
            })
          : get(key),
    }),
    /10\.1\.parquet came back .* otherwise than it was written: The SHA-256/,
  ],
  [
    'comes back cut short',
    () => ({
      get: async (key) =>
        isFirst(key) && key.endsWith('.parquet') ? bend(key, (bytes) => bytes.subarray(0, -1)) : get(key),
    }),
    /has \d+ bytes, and the manifest names/,
  ],
  [
    'comes back with another manifest',
    () => ({
      get: async (key) =>
        isFirst(key) && key.endsWith('.json')
          ? bend(key, (bytes) => Buffer.from(bytes.toString().replace('"rows": 40', '"rows": 41')))
          : get(key),
    }),
    /its manifest is another one/,
  ],
  [
    'was put, and is not there',
    () => ({ put: async (key, body) => (isFirst(key) ? undefined : w.ctx.storage.put(key, body)) }),
    /There is no object/,
  ],
];

describe('T2, L5: an archive that', () => {
  test.each(FAULTS)(
    '%s does not count; the other days go on, and the next run mends it',
    async (_, faults, words) => {
      const done = await archiveOn(faulty(faults()));
      expect(done.failed).toMatchObject([{ day: '2026-08-10', error: expect.stringMatching(words) }]);
      expect(await verified()).toEqual(['2026-08-11', '2026-10-18']);
      // Nothing goes past a day that has no copy.
      expect(await pruneArchived(w.ctx, { keys: w.keys })).toMatchObject({ until: null, rowsDeleted: 0 });
      expect(await w.leftovers()).toEqual([]);
      expect(await archiveOn(w.ctx.storage)).toMatchObject({
        // A place of its own: what an attempt before may still write there disturbs nothing.
        archived: [{ day: '2026-08-10', part: 2 }],
        failed: [],
      });
      expect(await pruneArchived(w.ctx, { keys: w.keys })).toMatchObject({ rowsDeleted: 80 });
    },
  );
});

test('T2: a store that cannot be reached fails the run at once, not each day', async () => {
  const check = async () => {
    throw new LapseError('unavailable', 'the bucket is not there');
  };
  await expect(archiveOn(faulty({ check }))).rejects.toMatchObject({ code: 'unavailable' });
  expect(await w.database.sql`select from audit_archives`).toHaveLength(0);
});

test('L5: an object that this database knows nothing of is not overwritten', async () => {
  const key = 'audit/warm/2026/08/10.1.parquet';
  await w.ctx.storage.put(key, Buffer.from('from before a restore'));
  const done = await archiveOn(w.ctx.storage);
  expect(done.failed).toMatchObject([
    { day: '2026-08-10', error: expect.stringContaining('not overwritten') },
  ]);
  expect((await buffer(await get(key))).toString()).toBe('from before a restore');
  expect(await verified()).toEqual(['2026-08-11', '2026-10-18']);
});

test('T2: two at once: one archives, the other says that it is busy', async () => {
  const both = await Promise.all([archiveOn(w.ctx.storage), archiveOn(w.ctx.storage)]);
  expect(both.map(({ isBusy }) => isBusy).sort()).toEqual([false, true]);
  expect(both.flatMap(({ archived }) => archived)).toHaveLength(3);
  expect(both.flatMap(({ failed }) => failed)).toEqual([]);
});

test('T2, T3: archives, prunes and restores over S3, though answers get lost', async () => {
  const server = await S3TestServer.start('lapse');
  const retry = { attempts: 4, baseDelayMs: 1, maxDelayMs: 4 };
  const storage = s3TestStorage(server, 'lapse', { retry });
  try {
    server.fail({ type: 'status', status: 503, code: 'SlowDown' }, 2, ({ method }) => method === 'PUT');
    server.fail({ type: 'drop-after' }, 1, ({ method, url }) => method === 'PUT' && url.includes('manifest'));
    const ctx = w.using(storage);
    const days = await archiveDay(ctx, { day: '2026-08-10', folder: w.folder });
    expect(days).toMatchObject([{ part: 1, events: 40 }]);
    expect(await archiveOn(storage)).toMatchObject({ failed: [] });
    const before = await w.rows("time_completed < '2026-08-11'");
    expect(await pruneArchived(ctx, { keys: w.keys })).toMatchObject({ rowsDeleted: 80 });
    const [file] = await restoreArchive(
      { ...w.s.as({ type: 'cli', osUser: 'root' }), storage },
      { what: { day: '2026-08-10' }, folder: `${w.folder}-restored`, format: 'ndjson' },
    );
    expect(file).toMatchObject({ events: before.length });
  } finally {
    await storage.close();
    await server.stop();
  }
});

describe('T2, L5: rows stay in the hot tier while their archive', () => {
  const object = 'audit/warm/2026/08/11.1.parquet';
  const first = 'audit/warm/2026/08/10.1.parquet';
  const prune = () => pruneArchived(w.ctx, { keys: w.keys });
  let kept: Buffer;
  beforeEach(async () => {
    await archiveOn(w.ctx.storage);
    kept = await buffer(await get(object));
  });

  test('is gone from the storage, and go once it is there again', async () => {
    const bytes = await buffer(await get(first));
    await w.ctx.storage.delete([first]);
    expect(await prune()).toMatchObject({
      rowsDeleted: 0,
      error: expect.stringMatching(/10\.1\.parquet is not in the folder .* only copy/),
    });
    await w.ctx.storage.put(first, bytes);
    expect(await prune()).toMatchObject({ rowsDeleted: 80, error: null });
  });

  test('was overwritten by another hand, though with as many bytes', async () => {
    const other = Buffer.from(kept);
    other[200] = (other[200] ?? 0) ^ 1;
    await w.ctx.storage.put(object, other);
    // What lies before it has its copies, and goes.
    expect(await prune()).toMatchObject({
      rowsDeleted: 40,
      error: expect.stringMatching(/11\.1\.parquet is another object than the one/),
    });
  });

  test('has another manifest, or cannot be asked for', async () => {
    const stat = async (keys: readonly string[]) =>
      new Map(
        keys.map((key) => [
          key,
          { key, outcome: 'failed', kind: 'unreachable', error: 'no answer', retryable: true } as const,
        ]),
      );
    expect(await pruneArchived(w.using(faulty({ stat })), { keys: w.keys })).toMatchObject({
      rowsDeleted: 0,
      error: expect.stringContaining('no answer'),
    });
    await w.ctx.storage.put(object.replace('.parquet', '.manifest.json'), Buffer.from('{}'));
    expect(await prune()).toMatchObject({ error: expect.stringMatching(/manifest\.json is another object/) });
  });
});
