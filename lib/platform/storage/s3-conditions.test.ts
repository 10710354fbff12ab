import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SeenVersion } from './object-storage';
import { createS3Client, isAws } from './s3-client';
import { deleteFromS3 } from './s3-delete';
import { S3Storage } from './s3-storage';
import { type S3TestRequest, S3TestServer } from './testing/s3-test-server';

const QUICK_RETRY = { attempts: 4, baseDelayMs: 1, maxDelayMs: 4 };

let server: S3TestServer;
let storage: S3Storage;

const openBucket = (bucket: string) =>
  new S3Storage({
    bucket,
    endpoint: server.endpoint,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    forcePathStyle: true,
    retry: QUICK_RETRY,
  });

beforeAll(async () => {
  server = await S3TestServer.start('objects', 'versioned');
  storage = openBucket('objects');
});
afterEach(() => server.calm());
afterAll(async () => {
  await storage.close();
  await server.stop();
});

describe('E11: an object that is written between the look and its deletion', () => {
  const objects = () => server.bucket('objects');
  const seenOf = async (...keys: string[]) => {
    const seen = new Map<string, SeenVersion>();
    for (const [key, stat] of await storage.stat(keys))
      seen.set(key, stat.outcome === 'present' ? stat : 'absent');
    server.requests.length = 0;
    return seen;
  };
  const heads = () => server.requests.filter(({ method }) => method === 'HEAD').length;
  const isDeletion = (request: S3TestRequest) =>
    (request.method === 'POST' && /\?delete/.test(request.url)) || request.method === 'DELETE';
  /** What the storage does at AWS, where it relies on the condition and looks at nothing again. */
  const deleteAsAtAws = async (seen: Map<string, SeenVersion>) => {
    const client = createS3Client({
      bucket: 'objects',
      endpoint: server.endpoint,
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
      forcePathStyle: true,
    });
    const look = (keys: readonly string[]) => storage.stat(keys);
    const known = { client, bucket: 'objects', retry: QUICK_RETRY, versioning: 'never', look } as const;
    const results = await deleteFromS3({ ...known, seen, keepsConditions: true }, [...seen.keys()]);
    client.destroy();
    return [...seen.keys()].map((key) => results.get(key));
  };

  it.each(['media/a.txt', 'media/odd\n.txt'])('stays, where the store keeps conditions: %j', async (key) => {
    await storage.put(key, Buffer.from('one'));
    const seen = await seenOf(key);
    server.fail({ type: 'meanwhile', act: () => objects().put(key, Buffer.from('two')) }, 1, isDeletion);
    expect(await storage.delete([key], seen)).toMatchObject([{ outcome: 'failed', kind: 'changed' }]);
    expect(objects().current(key)?.body.toString()).toBe('two');
  });

  it('stays at AWS, which is not asked again for each object', async () => {
    const keys = ['media/a.txt', 'media/b.txt', 'media/odd\n.txt', 'media/gone.txt'];
    for (const key of keys) await storage.put(key, Buffer.from('one'));
    const seen = await seenOf(...keys);
    objects().put('media/a.txt', Buffer.from('two'));
    objects().delete('media/gone.txt');
    expect(await deleteAsAtAws(seen)).toMatchObject([
      { outcome: 'failed', kind: 'changed', retryable: false },
      { outcome: 'deleted' },
      { outcome: 'deleted' },
      { outcome: 'already-absent' },
    ]);
    expect(heads()).toBe(0);
    expect(objects().current('media/a.txt')?.body.toString()).toBe('two');
  });

  it('stays at AWS when it was absent, and nothing is asked to be deleted', async () => {
    const seen = await seenOf('media/new.txt', 'media/none.txt');
    objects().put('media/new.txt', Buffer.from('new'));
    expect(await deleteAsAtAws(seen)).toMatchObject([{ kind: 'changed' }, { outcome: 'already-absent' }]);
    expect(server.requests.filter(isDeletion)).toEqual([]);
  });

  it.each(['ignored', 'refused'] as const)(
    'stays where conditions are %s, up to the second look',
    async (how) => {
      server.state.conditions = how;
      for (const key of ['media/a.txt', 'media/b.txt']) await storage.put(key, Buffer.from('one'));
      const seen = await seenOf('media/a.txt', 'media/b.txt');
      objects().put('media/a.txt', Buffer.from('two'));
      expect(await storage.delete([...seen.keys()], seen)).toMatchObject([
        { kind: 'changed' },
        { outcome: 'deleted' },
      ]);
      expect(heads()).toBe(2);
      expect(objects().current('media/a.txt')?.body.toString()).toBe('two');
    },
  );

  it('is not deleted without its condition by a store that is relied upon to keep it', async () => {
    server.state.conditions = 'refused';
    await storage.put('media/a.txt', Buffer.from('one'));
    expect(await deleteAsAtAws(await seenOf('media/a.txt'))).toMatchObject([{ outcome: 'failed' }]);
    expect(objects().current('media/a.txt')).not.toBeNull();
  });

  it('is not deleted while the second look has no answer', async () => {
    await storage.put('media/a.txt', Buffer.from('one'));
    const seen = await seenOf('media/a.txt');
    server.fail({ type: 'status', status: 503, code: 'SlowDown' }, 99, ({ method }) => method === 'HEAD');
    expect(await storage.delete(['media/a.txt'], seen)).toMatchObject([{ outcome: 'failed', kind: 'busy' }]);
    expect(server.requests.filter(isDeletion)).toEqual([]);
  });

  it.each(['media/a.txt', 'media/odd\n.txt'])(
    'L9: gone with a lost answer was deleted by us: %j',
    async (key) => {
      for (const atAws of [true, false]) {
        await storage.put(key, Buffer.from('one'));
        const seen = await seenOf(key);
        server.fail({ type: 'drop-after' }, 1, isDeletion);
        const results = atAws ? await deleteAsAtAws(seen) : await storage.delete([key], seen);
        expect(results).toMatchObject([{ outcome: 'deleted' }]);
      }
    },
  );

  it('is looked at again after a conflict with whoever writes it', async () => {
    await storage.put('media/a.txt', Buffer.from('one'));
    const seen = await seenOf('media/a.txt');
    server.failKey('media/a.txt', 'ConditionalRequestConflict');
    expect(await deleteAsAtAws(seen)).toMatchObject([{ outcome: 'deleted' }]);
  });

  it('is told by its version, where the content is the same', async () => {
    const bucket = server.bucket('versioned');
    bucket.versioning = 'Enabled';
    const versioned = openBucket('versioned');
    await versioned.put('same.txt', Buffer.from('same'));
    const before = (await versioned.stat(['same.txt'])).get('same.txt');
    await versioned.put('same.txt', Buffer.from('same'));
    const seen = new Map([['same.txt', before as SeenVersion]]);
    expect(await versioned.delete(['same.txt'], seen)).toMatchObject([{ kind: 'changed' }]);
    bucket.versioning = 'never';
    bucket.versions.clear();
    await versioned.close();
  });
});

it('knows AWS by where its requests go, also when the environment names the endpoint', async () => {
  const credentials = { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey };
  const connection = { bucket: 'objects', region: 'eu-central-1', credentials, forcePathStyle: true };
  const wentToAws = async (endpoint: string | null, goOn: boolean) => {
    const client = createS3Client({ ...connection, ...(endpoint ? { endpoint } : {}) });
    if (!goOn) {
      // Nothing leaves this machine: the answer is given before the request is sent.
      const answer = { response: {}, output: { $metadata: {} } };
      client.middlewareStack.add(() => async () => answer, { step: 'finalizeRequest', priority: 'high' });
    }
    expect(isAws(client)).toBe(false);
    await client.send(new HeadBucketCommand({ Bucket: 'objects' }));
    client.destroy();
    return isAws(client);
  };
  expect(await wentToAws(null, false)).toBe(true);
  expect(await wentToAws('https://s3.cn-north-1.amazonaws.com.cn', false)).toBe(true);
  expect(await wentToAws('https://amazonaws.com.example.org', false)).toBe(false);
  expect(await wentToAws(server.endpoint, true)).toBe(false);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', server.endpoint);
  expect(await wentToAws(null, true)).toBe(false);
  vi.unstubAllEnvs();
});
