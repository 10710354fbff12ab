import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createStorage } from './create-storage';
import { S3Storage, type S3StorageOptions } from './s3-storage';
import { motoAtHand, startMoto } from './testing/moto';
import { S3TestServer } from './testing/s3-test-server';
import { describeStorageContract } from './testing/storage-contract';

const QUICK_RETRY = { attempts: 4, baseDelayMs: 1, maxDelayMs: 4 };

function openBucket(
  server: S3TestServer,
  bucket: string,
  options: Partial<S3StorageOptions> = {},
): S3Storage {
  return new S3Storage({
    bucket,
    endpoint: server.endpoint,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    forcePathStyle: true,
    retry: QUICK_RETRY,
    timeoutMs: 5_000,
    ...options,
  });
}

describeStorageContract('S3, our test server', async () => {
  const server = await S3TestServer.start('objects');
  const storage = openBucket(server, 'objects');
  server.state.pageSize = 3;
  return {
    storage,
    close: async () => {
      await storage.close();
      await server.stop();
    },
  };
});

const moto = motoAtHand();
if (moto.usable) {
  describeStorageContract('S3, moto', async () => {
    const { endpoint, stop } = await startMoto();
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const { S3Client, CreateBucketCommand } = await import('@aws-sdk/client-s3');
    const admin = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
    const bucket = `lapse-${Date.now()}`;
    await admin.send(new CreateBucketCommand({ Bucket: bucket }));
    admin.destroy();
    const storage = new S3Storage({
      bucket,
      endpoint,
      credentials,
      forcePathStyle: true,
      retry: QUICK_RETRY,
    });
    return {
      storage,
      close: async () => {
        await storage.close();
        await stop();
      },
    };
  });
} else {
  describe.skip(`object storage: S3, moto (${moto.why})`, () => {
    it('keeps the contract', () => {});
  });
}

describe('S3 storage', () => {
  let server: S3TestServer;
  let storage: S3Storage;
  const isDelete = ({ method, url }: { method: string; url: string }) =>
    method === 'POST' && /\?delete/.test(url);
  const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `media/${index}.txt`);

  beforeAll(async () => {
    server = await S3TestServer.start('objects', 'versioned');
    storage = openBucket(server, 'objects');
  });
  afterEach(() => server.calm());
  afterAll(async () => {
    await storage.close();
    await server.stop();
  });

  it('is chosen by the environment, which may not set half of a key', async () => {
    const env = { LAPSE_DATA_DIR: '/data', S3_REGION: undefined, S3_FORCE_PATH_STYLE: true };
    const secret = { S3_ACCESS_KEY_ID: server.accessKeyId, S3_SECRET_ACCESS_KEY: server.secretAccessKey };
    const chosen = createStorage({ ...env, ...secret, S3_BUCKET: 'objects', S3_ENDPOINT: server.endpoint });
    await chosen.check();
    expect(chosen.name).toBe('s3://objects');
    expect(chosen.describe()).not.toContain(server.secretAccessKey);
    await chosen.close();
    const none = { S3_BUCKET: undefined, S3_ENDPOINT: undefined };
    expect(createStorage({ ...env, ...secret, ...none }).name).toBe('folder');
    expect(() =>
      createStorage({
        ...env,
        ...secret,
        S3_BUCKET: 'b',
        S3_ENDPOINT: undefined,
        S3_SECRET_ACCESS_KEY: undefined,
      }),
    ).toThrow(/both/);
  });

  it('deletes 1,000 objects with one request, and asks for the versioning once', async () => {
    const fresh = openBucket(server, 'objects');
    await fresh.delete(keysOf(1_000));
    await fresh.delete(keysOf(1_000));
    expect(server.requests.filter(isDelete)).toHaveLength(2);
    expect(server.requests.filter(({ url }) => url.includes('versioning'))).toHaveLength(1);
    await fresh.close();
  });

  it.each([
    ['503 SlowDown', { type: 'status', status: 503, code: 'SlowDown' }],
    ['500 InternalError', { type: 'status', status: 500, code: 'InternalError' }],
    ['a dropped connection', { type: 'drop' }],
    ['an answer that got lost', { type: 'drop-after' }],
  ] as const)('E10 tries a deletion again after %s', async (_name, fault) => {
    await storage.put('media/0.txt', Buffer.from('x'));
    server.fail(fault, 3, isDelete);
    expect(await storage.delete(['media/0.txt'])).toMatchObject([{ outcome: 'deleted' }]);
    expect(server.requests.filter(isDelete)).toHaveLength(4);
    expect((await storage.stat(['media/0.txt'])).get('media/0.txt')).toMatchObject({ outcome: 'absent' });
  });

  it('E10 gives up after the last attempt, says so for each key, and has deleted nothing', async () => {
    await storage.put('media/0.txt', Buffer.from('x'));
    server.fail({ type: 'status', status: 503, code: 'SlowDown' }, 4, isDelete);
    const results = await storage.delete(['media/0.txt', 'media/1.txt']);
    const failed = { outcome: 'failed', kind: 'busy', retryable: true };
    expect(results).toMatchObject([failed, failed]);
    expect((await storage.stat(['media/0.txt'])).get('media/0.txt')).toMatchObject({ outcome: 'present' });
  });

  it('E10 asks again only for the keys that may still go, and keeps the failure of the others', async () => {
    for (const key of keysOf(4)) await storage.put(key, Buffer.from('x'));
    server.failKey('media/1.txt', 'InternalError', 2);
    server.failKey('media/2.txt', 'AccessDenied', 9);
    server.failKey(
      'media/3.txt',
      'AccessDenied',
      9,
      'Access Denied because object protected by object lock.',
    );
    const results = await storage.delete(keysOf(4));
    expect(results).toMatchObject([
      { key: 'media/0.txt', outcome: 'deleted' },
      { key: 'media/1.txt', outcome: 'deleted' },
      { key: 'media/2.txt', outcome: 'failed', kind: 'forbidden', retryable: false },
      { key: 'media/3.txt', outcome: 'failed', kind: 'locked', retryable: false },
    ]);
    expect(server.requests.filter(isDelete)).toHaveLength(3);
    const outcomes = [...(await storage.stat(keysOf(4))).values()].map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['absent', 'absent', 'present', 'present']);
  });

  it('tells 403 from 404', async () => {
    await storage.put('media/0.txt', Buffer.from('x'));
    server.fail({ type: 'status', status: 403, code: 'AccessDenied' }, 1, ({ url }) => url.includes('0.txt'));
    const results = await storage.stat(['media/0.txt', 'media/none.txt']);
    expect(results.get('media/0.txt')).toMatchObject({
      outcome: 'failed',
      kind: 'forbidden',
      retryable: false,
    });
    expect(results.get('media/none.txt')).toMatchObject({ outcome: 'absent' });
  });

  it('never takes a missing bucket for missing objects', async () => {
    const nowhere = openBucket(server, 'no-such-bucket');
    const failed = { outcome: 'failed', kind: 'store-missing', retryable: false };
    expect((await nowhere.stat(['a'])).get('a')).toMatchObject(failed);
    expect(await nowhere.delete(['a', 'control\u0001'])).toMatchObject([failed, failed]);
    for (const call of [
      nowhere.check(),
      nowhere.prepare(),
      nowhere.get('a'),
      nowhere.put('a', Buffer.from('a')),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    }
    await expect(nowhere.list().next()).rejects.toMatchObject({ code: 'unavailable' });
    await nowhere.close();
  });

  it('never takes silence or a wrong key for absence', async () => {
    server.fail({ type: 'delay', ms: 400 }, 4);
    const hasty = openBucket(server, 'objects', { timeoutMs: 60 });
    expect((await hasty.stat(['a'])).get('a')).toMatchObject({
      outcome: 'failed',
      kind: 'unreachable',
      retryable: true,
    });
    await hasty.close();
    server.calm();
    const stranger = openBucket(server, 'objects', {
      credentials: { accessKeyId: 'who', secretAccessKey: 'x' },
    });
    expect((await stranger.stat(['a'])).get('a')).toMatchObject({ outcome: 'failed', kind: 'forbidden' });
    expect(await stranger.delete(['a'])).toMatchObject([{ outcome: 'failed', kind: 'forbidden' }]);
    await stranger.close();
    const dead = openBucket(server, 'objects', { endpoint: 'http://127.0.0.1:9' });
    expect(await dead.delete(['a'])).toMatchObject([
      { outcome: 'failed', kind: 'unreachable', retryable: true },
    ]);
    await expect(dead.check()).rejects.toMatchObject({ code: 'unavailable' });
    await dead.close();
  });

  it('E11 says what remains in a bucket that keeps versions, or once kept them', async () => {
    const bucket = server.bucket('versioned');
    bucket.versioning = 'Enabled';
    const versioned = openBucket(server, 'versioned');
    await versioned.put('a.txt', Buffer.from('a'));
    expect((await versioned.stat(['a.txt'])).get('a.txt')).toMatchObject({ versionId: 'v1' });
    expect(await versioned.delete(['a.txt'])).toMatchObject([
      { outcome: 'deleted', remains: expect.stringContaining('older versions remain') },
    ]);
    expect((await versioned.stat(['a.txt'])).get('a.txt')).toMatchObject({ outcome: 'absent' });
    bucket.versioning = 'Suspended';
    const suspended = openBucket(server, 'versioned');
    await suspended.put('b.txt', Buffer.from('b'));
    expect(await suspended.delete(['b.txt'])).toMatchObject([
      { remains: expect.stringContaining('may remain') },
    ]);
    // Where the setting may not be read, the marker in the answer tells.
    bucket.versioning = 'Enabled';
    server.fail({ type: 'status', status: 403, code: 'AccessDenied' }, 1, ({ url }) =>
      url.includes('versioning'),
    );
    const blind = openBucket(server, 'versioned');
    expect(await blind.delete(['b.txt'])).toMatchObject([
      { remains: expect.stringContaining('older versions') },
    ]);
    await Promise.all([versioned.close(), suspended.close(), blind.close()]);
  });

  it('deletes keys that XML cannot carry, and no others in their place', async () => {
    const keys = ['odd/line\nend', 'odd/return\rend', 'odd/bell\u0007', 'odd/plain'];
    for (const key of [...keys, 'odd/return\nend']) await storage.put(key, Buffer.from('x'));
    for (const result of await storage.delete(keys)) expect(result).toMatchObject({ outcome: 'deleted' });
    expect(
      server
        .bucket('objects')
        .keys()
        .filter((key) => key.startsWith('odd/')),
    ).toEqual(['odd/return\nend']);
  });

  it('pleases stores that insist on Content-MD5', async () => {
    server.state.needsContentMd5 = true;
    expect(await storage.delete(['media/0.txt'])).toMatchObject([{ outcome: 'deleted' }]);
  });

  it('sends a stream again from its start, and leaves the trouble of the stream itself to the caller', async () => {
    server.fail({ type: 'drop-after' }, 1, ({ method }) => method === 'PUT');
    await storage.put('stream.txt', Readable.from([Buffer.from('one, '), Buffer.from('two')]));
    expect((await buffer(await storage.get('stream.txt'))).toString()).toBe('one, two');
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the sender went away');
      })(),
    );
    await expect(storage.put('half.txt', broken)).rejects.toThrow('went away');
    expect(server.bucket('objects').current('half.txt')).toBeNull();
  });

  it('lists all pages, also when one of them fails at first', async () => {
    for (const key of keysOf(7)) await storage.put(`pages/${key}`, Buffer.from('x'));
    server.state.pageSize = 2;
    server.fail({ type: 'status', status: 500, code: 'InternalError' }, 1, ({ url }) =>
      url.includes('continuation'),
    );
    const seen: string[] = [];
    for await (const { key } of storage.list({ prefix: 'pages/' })) seen.push(key);
    expect(seen).toEqual(keysOf(7).map((key) => `pages/${key}`));
  });
});
