import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import type { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { listAuditEvents } from '../list-events';
import { type ArchiveObject, type FileOptions, withArchiveFile } from './archive-file';
import { type RemoteWorld, remoteWorld } from './testing/remote-world';

const OLD = { to: '2026-10-01T00:00:00Z' };

let world: RemoteWorld;
let s3: S3TestServer;
let ctx: Context;
let archives: ArchiveObject[];
beforeAll(async () => {
  world = await remoteWorld();
  ({ s3, ctx } = world);
  archives = await world.w.s.sql<ArchiveObject[]>`
    select object_key as "objectKey", encode(sha256, 'hex') as sha256, bytes::int as bytes from audit_archives
    where state = 'verified' order by period`;
});
afterAll(() => world.close());
beforeEach(() => s3.calm());
afterEach(() => world.restore());

const options = (): FileOptions => ({ patienceMs: 5_000, folder: world.cache });
const cached = async () => (await readdir(world.cache)).sort();
const isGet = ({ method }: { method: string }) => method === 'GET';

test('T5: archives are brought once, also for searches at the same time', async () => {
  const pages = await Promise.all([1, 2, 3, 4].map(() => listAuditEvents(ctx, { ...OLD, limit: 200 })));
  expect(pages.map(({ events }) => events.length)).toEqual([160, 160, 160, 160]);
  expect(world.gets()).toHaveLength(4);
  expect((await listAuditEvents(ctx, { ...OLD, limit: 200 })).events).toEqual(pages[0]!.events);
  expect(world.gets()).toHaveLength(4);
});

test('archives make room for each other, the least recently read one first; one that is being read stays', async () => {
  const [one, two, three] = archives;
  const limited = { ...options(), limitBytes: one!.bytes + two!.bytes + 10 };
  const read = (archive: ArchiveObject) => withArchiveFile(ctx, archive, limited, async (file) => file);
  await read(one!);
  world.w.s.clock.set('2026-11-21T09:00:01Z');
  await read(two!);
  world.w.s.clock.set('2026-11-21T09:00:02Z');
  await read(one!);
  await read(three!);
  expect(await cached()).toEqual([`${one!.sha256}.parquet`, `${three!.sha256}.parquet`].sort());
  await withArchiveFile(ctx, one!, limited, async (file) => {
    world.w.s.clock.set('2026-11-21T09:00:03Z');
    await read(three!);
    await read(two!);
    expect((await stat(file)).size).toBe(one!.bytes);
  });
});

test('archives that were damaged here, or cleared away by another process, are brought again', async () => {
  const [one] = archives;
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
  expect([reads, world.gets().length]).toEqual([4, 3]);
  // What is sound, and fails all the same, is not brought for ever.
  const broken = withArchiveFile(ctx, one!, options(), async () => Promise.reject(new Error('no')));
  await expect(broken).rejects.toThrow('no');
  expect(world.gets()).toHaveLength(3);
});

test('archives are waited for a while, and are there for the next one', async () => {
  const [one] = archives;
  s3.fail({ type: 'delay', ms: 300 }, 1, isGet);
  const hurried = withArchiveFile(ctx, one!, { ...options(), patienceMs: 20 }, async () => true);
  await expect(hurried).rejects.toMatchObject({ code: 'unavailable', message: /still being fetched/ });
  expect(await withArchiveFile(ctx, one!, options(), async () => true)).toBe(true);
  expect(world.gets()).toHaveLength(1);
});

test('archives that a killed process had half fetched are cleared away', async () => {
  const [one, two] = archives;
  await withArchiveFile(ctx, one!, options(), async () => true);
  const part = path.join(world.cache, 'x.part');
  await writeFile(part, 'x');
  await utimes(part, new Date('2026-11-20'), new Date('2026-11-20'));
  await withArchiveFile(ctx, two!, options(), async () => true);
  expect(await cached()).not.toContain('x.part');
});
