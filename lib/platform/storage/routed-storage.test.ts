import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStorage } from './create-storage';
import { FolderStorage } from './folder-storage';
import { heldBuckets } from './held-buckets';
import type { ObjectStorage } from './object-storage';
import { storeOf } from './routed-storage';

const NO_S3 = {
  S3_BUCKET: undefined,
  S3_REGION: undefined,
  S3_ENDPOINT: undefined,
  S3_ACCESS_KEY_ID: undefined,
  S3_SECRET_ACCESS_KEY: undefined,
  S3_FORCE_PATH_STYLE: false,
};

let folder: string;
let main: FolderStorage;
let local: FolderStorage;
let routed: ObjectStorage;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-routed-'));
  main = new FolderStorage(path.join(folder, 'data/objects'));
  local = new FolderStorage(path.join(folder, 'platform'));
  await Promise.all([main.prepare(), local.prepare()]);
  routed = createStorage({
    LAPSE_DATA_DIR: path.join(folder, 'data'),
    LAPSE_LOCAL_FILES_DIR: path.join(folder, 'platform'),
    ...NO_S3,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keysOf = async (storage: ObjectStorage, prefix?: string) => {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix === undefined ? {} : { prefix })) keys.push(key);
  return keys.sort();
};

test('R3: keys below local/ are files of the other folder, and everything else is an object', async () => {
  await routed.put('local/t/audio.wav', Buffer.from('wav'));
  await routed.put('r.mp4', Buffer.from('video'));
  expect(await keysOf(local)).toEqual(['t/audio.wav']);
  expect(await keysOf(main)).toEqual(['r.mp4']);
  expect(await keysOf(routed)).toEqual(['local/t/audio.wav', 'r.mp4']);
  expect(await keysOf(routed, 'local/t')).toEqual(['local/t/audio.wav']);
  expect(await keysOf(routed, 'r')).toEqual(['r.mp4']);

  const stats = await routed.stat(['local/t/audio.wav', 'r.mp4', 'local/none', 'none']);
  expect([...stats].map(([key, stat]) => [key, stat.key, stat.outcome]).sort()).toEqual([
    ['local/none', 'local/none', 'absent'],
    ['local/t/audio.wav', 'local/t/audio.wav', 'present'],
    ['none', 'none', 'absent'],
    ['r.mp4', 'r.mp4', 'present'],
  ]);
});

test('a deletion answers for each key in order, and spares what is another version', async () => {
  for (const key of ['local/a', 'b', 'local/c']) await routed.put(key, Buffer.from(key));
  const seen = await routed.stat(['local/a', 'b', 'local/c']);
  await routed.put('local/c', Buffer.from('another one'));
  const versions = new Map(
    [...seen].flatMap(([key, stat]) => (stat.outcome === 'present' ? [[key, stat] as const] : [])),
  );
  const results = await routed.delete(['local/c', 'b', 'local/a'], versions);
  expect(results.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['local/c', 'failed'],
    ['b', 'deleted'],
    ['local/a', 'deleted'],
  ]);
  expect(await keysOf(routed)).toEqual(['local/c']);
});

test('E11: a receipt can name the store in which the object really was', () => {
  expect(routed.name).toBe('folder');
  expect(storeOf(routed, 'r.mp4')).toBe('folder');
  expect(storeOf(routed, 'local/t/audio.wav')).toBe('folder:local');
  expect(storeOf(main, 'local/t/audio.wav')).toBe('folder');
});

test('a folder of local files that is not there is a failure, and never an absence', async () => {
  await rm(path.join(folder, 'platform'), { recursive: true });
  const stats = await routed.stat(['local/t/audio.wav', 'r.mp4']);
  expect(stats.get('local/t/audio.wav')).toMatchObject({ outcome: 'failed', kind: 'store-missing' });
  expect(stats.get('r.mp4')).toMatchObject({ outcome: 'absent' });
  await routed.check();
});

test('L9: without a folder of their own local files need the mark of a store as well, and are listed once', async () => {
  const env = { ...NO_S3, LAPSE_DATA_DIR: path.join(folder, 'data') };
  const storage = createStorage(env);
  // A disk that was not mounted: its folder is there, and nothing in it.
  await mkdir(path.join(folder, 'data/objects/local'));
  expect((await storage.stat(['local/t/audio.wav'])).get('local/t/audio.wav')).toMatchObject({
    outcome: 'failed',
    kind: 'store-missing',
  });
  await storage.prepare();
  await storage.put('local/t/audio.wav', Buffer.from('wav'));
  await storage.put('r.mp4', Buffer.from('video'));
  expect(await keysOf(storage)).toEqual(['local/t/audio.wav', 'r.mp4']);
  expect(storeOf(storage, 'local/t/audio.wav')).toBe('folder:local');
});

test('the buckets that a store is: its own, and those that the environment names', () => {
  expect(heldBuckets('s3://media')).toEqual(['media']);
  process.env.LAPSE_BUCKET_NAMES = ' whereby, ,daily ';
  try {
    expect(heldBuckets('folder')).toEqual(['folder', 'whereby', 'daily']);
  } finally {
    delete process.env.LAPSE_BUCKET_NAMES;
  }
});

test('gives a file of this machine only where the main store is a folder: archives in S3 are fetched', async () => {
  await routed.put('audit/2026.parquet', Buffer.from('events'));
  const { file } = (await routed.fileOf?.('audit/2026.parquet')) ?? {};
  expect(file).toBe(path.join(folder, 'data/objects/audit/2026.parquet'));

  const remote = createStorage({ ...NO_S3, LAPSE_DATA_DIR: path.join(folder, 'data'), S3_BUCKET: 'media' });
  expect(remote.fileOf).toBeUndefined();
  await remote.close();
});
