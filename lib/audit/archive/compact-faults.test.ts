import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LapseError } from '@/lib/platform/errors';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { s3TestStorage } from '@/lib/platform/storage/testing/s3-test-storage';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyFolder } from '../verify/verify-folder';
import { archiveDue } from './archive-due';
import { compactDue } from './compact-due';
import { removeDue } from './remove-due';
import { restoreArchive } from './restore';

const NOW = '2026-10-20T09:00:00Z';
const WARM = 'audit/warm/2026/08/10.1.parquet';
const COLD = 'audit/cold/2026/08.1.parquet';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld(NOW);
  await w.database.owner.sql`select ensure_audit_partitions('2026-07-01', '2026-07-31')`;
  await w.insert(40, '2026-07-10T10:00:00Z');
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(20, '2026-08-11T10:00:00Z');
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
const archive = async (storage = w.ctx.storage) => {
  const done = await archiveDue(w.using(storage), { folder: w.folder });
  expect(done).toMatchObject({ isBusy: false, failed: [] });
};
const compact = (storage = w.ctx.storage) =>
  compactDue(w.using(storage), { warmDays: 30, folder: w.folder, storageClass: 'STANDARD_IA' });
const remove = (storage = w.ctx.storage) => removeDue(w.using(storage), { folder: w.folder });
const bytesOf = async (key: string) => buffer(await w.ctx.storage.get(key));
const flipped = (bytes: Buffer) => {
  const other = Buffer.from(bytes);
  other[200] = (other[200] ?? 0) ^ 1;
  return other;
};
const counting = async () => {
  const rows = await w.database.sql`
    select tier || ' ' || period::text as words from audit_archives where state = 'verified' order by period, tier`;
  return rows.map(({ words }) => words);
};
const isColdAugust = (key: string) => key.includes('cold/2026/08');

const FAULTS: [string, () => Partial<ObjectStorage>, RegExp][] = [
  [
    'cannot be written',
    () => ({
      put: async (key, body) => {
        if (isColdAugust(key)) throw new LapseError('unavailable', 'the disk is full');
        return w.ctx.storage.put(key, body);
      },
    }),
    /the disk is full/,
  ],
  [
    'comes back with one bit changed',
    () => ({
      get: async (key) =>
        isColdAugust(key) && key.endsWith('.parquet')
          ? Readable.from([flipped(await bytesOf(key))])
          : w.ctx.storage.get(key),
    }),
    /came back .* otherwise than it was written: The SHA-256/,
  ],
  [
    'is made of a daily archive that comes back altered',
    () => ({
      get: async (key) =>
        key === WARM ? Readable.from([flipped(await bytesOf(key))]) : w.ctx.storage.get(key),
    }),
    /08\/10\.1\.parquet is not what was verified/,
  ],
  [
    'is made of a daily archive that is not there',
    () => ({
      get: async (key) => {
        if (key === WARM) throw new LapseError('not_found', `There is no object ${key}.`);
        return w.ctx.storage.get(key);
      },
    }),
    /There is no object/,
  ],
];

describe('T2, L5: a monthly archive that', () => {
  test.each(FAULTS)(
    '%s does not count; the other months go on, and the next run mends it',
    async (_, faults, words) => {
      await archive();
      const done = await compact(faulty(faults()));
      expect(done.failed).toMatchObject([{ id: '2026-08', error: expect.stringMatching(words) }]);
      expect(done.compacted).toMatchObject([{ month: '2026-07', events: 40 }]);
      expect(await counting()).toEqual([
        'cold 2026-07-01',
        'warm 2026-08-10',
        'warm 2026-08-11',
        'warm 2026-10-18',
      ]);
      expect(await w.leftovers()).toEqual([]);
      expect(await remove()).toMatchObject({ removed: [{ archives: 1 }], failed: [] });
      expect(await compact()).toMatchObject({ compacted: [{ month: '2026-08', archives: 2 }], failed: [] });
      await remove();
      expect(await verifyFolder(w.objects)).toMatchObject({ problems: [], events: 101 });
      const failed = await w.database
        .sql`select objects_removed_at is not null as cleared from audit_archives where state = 'failed'`;
      expect(failed).toMatchObject([{ cleared: true }]);
    },
  );
});

describe('L5: objects of daily archives', () => {
  test('stay while the monthly one is not what was verified', async () => {
    await archive();
    await compact();
    const cold = await bytesOf(COLD);
    await w.ctx.storage.put(COLD, flipped(cold));
    const done = await remove();
    expect(done.removed).toMatchObject([{ archive: 'audit-archive:2026-07.1' }]);
    expect(done.failed).toMatchObject([
      { archive: 'audit-archive:2026-08.1', error: expect.stringMatching(/another object than the one/) },
    ]);
    await bytesOf(WARM);
    await w.ctx.storage.put(COLD, cold);
    expect(await remove()).toMatchObject({ removed: [{ archives: 2 }], failed: [] });
    await expect(bytesOf(WARM)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that another hand has written stay, and are told each time until somebody moves them', async () => {
    await archive();
    await compact();
    await w.ctx.storage.put(WARM, Buffer.from('of somebody else'));
    for (let run = 0; run < 2; run += 1) {
      expect((await remove()).failed).toMatchObject([
        {
          archive: 'audit-archive:2026-08.1',
          error: expect.stringMatching(/10\.1\.parquet stays: .* Move it/),
        },
      ]);
    }
    expect((await bytesOf(WARM)).toString()).toBe('of somebody else');
    // The other day of that month went.
    await expect(bytesOf('audit/warm/2026/08/11.1.parquet')).rejects.toMatchObject({ code: 'not_found' });
    await w.ctx.storage.delete([WARM]);
    expect(await remove()).toMatchObject({ removed: [{ archives: 1 }], failed: [] });
    const events = await w.database
      .sql`select result from audit_events where action = 'audit.remove-objects' and target like '%08.1' order by time_started, id`;
    expect(events.map(({ result }) => result)).toEqual(['error', 'error', 'success']);
  });

  test('that the storage does not remove now are removed by the next run', async () => {
    await archive();
    await compact();
    const broken: ObjectStorage['delete'] = async (keys) =>
      keys.map((key) => ({ key, outcome: 'failed', kind: 'busy', error: 'SlowDown', retryable: true }));
    expect(await remove(faulty({ delete: broken }))).toMatchObject({
      removed: [],
      failed: [{ error: expect.stringContaining('SlowDown') }, {}],
    });
    expect(await remove()).toMatchObject({ removed: [{ archives: 1 }, { archives: 2 }], failed: [] });
  });
});

test('T2: two at once: one compacts, the other says that it is busy', async () => {
  await archive();
  const both = await Promise.all([compact(), compact()]);
  expect(both.map(({ isBusy }) => isBusy).sort()).toEqual([false, true]);
  expect(both.flatMap(({ compacted }) => compacted)).toHaveLength(2);
});

test('T1, T2, T3: over S3, in its storage class; a versioned bucket says what remains', async () => {
  const server = await S3TestServer.start('lapse');
  server.bucket('lapse').versioning = 'Enabled';
  const retry = { attempts: 4, baseDelayMs: 1, maxDelayMs: 4 };
  const storage = s3TestStorage(server, 'lapse', { retry });
  try {
    await archive(storage);
    await pruneArchived(w.using(storage), { keys: w.keys });
    server.fail({ type: 'drop-after' }, 1, ({ method, url }) => method === 'PUT' && url.includes('cold'));
    expect(await compact(storage)).toMatchObject({ compacted: [{}, {}], failed: [] });
    const puts = server.requests.filter(({ method, url }) => method === 'PUT' && url.includes('cold'));
    const classes = new Map(puts.map(({ url, storageClass }) => [url.split('?')[0], storageClass]));
    expect([...classes.entries()]).toEqual([
      ['/lapse/audit/cold/2026/07.1.parquet', 'STANDARD_IA'],
      ['/lapse/audit/cold/2026/07.1.manifest.json', undefined],
      ['/lapse/audit/cold/2026/08.1.parquet', 'STANDARD_IA'],
      ['/lapse/audit/cold/2026/08.1.manifest.json', undefined],
    ]);
    expect(await remove(storage)).toMatchObject({
      removed: [{ remains: expect.stringContaining('older versions remain') }, {}],
      failed: [],
    });
    const remains = await w.database
      .sql`select remains from audit_archives where objects_removed_at is not null`;
    expect(remains).toHaveLength(3);
    const before = await w.database
      .sql`select sum(events)::int as events from audit_segments where window_end <= '2026-09-01T00:00:00Z'`;
    const files = await restoreArchive(
      { ...w.s.as({ type: 'cli', osUser: 'root' }), storage },
      { what: { month: '2026-08-01' }, folder: `${w.folder}-restored`, format: 'ndjson' },
    );
    expect(files).toMatchObject([{ events: (before[0]?.events ?? 0) - 40 }]);
  } finally {
    await storage.close();
    await server.stop();
  }
});
