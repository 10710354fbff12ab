import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CloudWatchLogStore, type CloudWatchOptions } from './cloudwatch-log-store';
import { createLogStore } from './create-log-store';
import { CloudWatchTestServer } from './testing/cloudwatch-test-server';

const GROUP = 'challenge-pk-7-production-workers';
const at = (text: string) => new Date(text);

describe('CloudWatch Logs', () => {
  let server: CloudWatchTestServer;
  let store: CloudWatchLogStore;
  const open = (options: Partial<CloudWatchOptions> = {}) =>
    new CloudWatchLogStore({
      environment: 'production',
      endpoint: server.endpoint,
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
      retry: { attempts: 4, baseDelayMs: 1, maxDelayMs: 4 },
      timeoutMs: 5_000,
      ...options,
    });

  beforeAll(async () => {
    server = await CloudWatchTestServer.start();
    store = open();
  });
  afterEach(() => {
    server.calm();
    server.groups.clear();
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  it.each([
    ['500 ServiceUnavailableException', { type: 'error', status: 500, code: 'ServiceUnavailableException' }],
    ['throttling, which comes with status 400', { type: 'error', status: 400, code: 'ThrottlingException' }],
    ['a change by somebody else', { type: 'error', status: 400, code: 'OperationAbortedException' }],
    ['a bare 502', { type: 'error', status: 502, code: '' }],
    ['a dropped connection', { type: 'drop' }],
    ['an answer that got lost', { type: 'drop-after' }],
  ] as const)('tries again after %s', async (_name, fault) => {
    const group = server.add(GROUP);
    server.fail(fault, 3, 'PutRetentionPolicy');
    await store.setRetention(GROUP, 90);
    expect(group.retentionDays).toBe(90);
    expect(server.requests.filter((action) => action === 'PutRetentionPolicy')).toHaveLength(4);
  });

  it('gives up after the last attempt, and says that it may succeed later', async () => {
    server.add(GROUP);
    server.fail({ type: 'error', status: 400, code: 'ThrottlingException' }, 9);
    await expect(store.describeGroup(GROUP)).rejects.toMatchObject({
      code: 'unavailable',
      kind: 'busy',
      retryable: true,
      message: expect.stringContaining('ThrottlingException'),
    });
    expect(server.requests).toHaveLength(4);
  });

  it('never takes silence, a refusal or a wrong key for a missing group', async () => {
    server.add(GROUP);
    server.fail({ type: 'error', status: 400, code: 'AccessDeniedException' }, 1);
    await expect(store.describeGroup(GROUP)).rejects.toMatchObject({ kind: 'forbidden', retryable: false });
    const stranger = open({ credentials: { accessKeyId: 'who', secretAccessKey: 'x' } });
    await expect(stranger.describeGroup(GROUP)).rejects.toMatchObject({ kind: 'forbidden' });
    server.fail({ type: 'delay', ms: 400 }, 4);
    const hasty = open({ timeoutMs: 60 });
    await expect(hasty.describeGroup(GROUP)).rejects.toMatchObject({ kind: 'unreachable', retryable: true });
    const dead = open({ endpoint: 'http://127.0.0.1:9' });
    await expect(dead.removeRetention(GROUP)).rejects.toMatchObject({ kind: 'unreachable' });
    await Promise.all([stranger.close(), hasty.close(), dead.close()]);
  });

  it('E13: reads every page of streams, and takes a stream without a known event to begin with its making', async () => {
    server.pageSize = 2;
    const group = server.add(
      GROUP,
      ['2026-05-05', '2026-03-03', '2026-07-07', '2026-02-02', '2026-04-04'].map((day) =>
        at(`${day}T00:00:00Z`),
      ),
    );
    expect((await store.describeGroup(GROUP))?.oldestEventAt).toEqual(at('2026-02-02T00:00:00Z'));
    group.streams.push({ createdAt: at('2026-01-01T00:00:00Z'), firstEventAt: null });
    expect((await store.describeGroup(GROUP))?.oldestEventAt).toEqual(at('2026-01-01T00:00:00Z'));
    group.streams = [];
    expect((await store.describeGroup(GROUP))?.oldestEventAt).toBeNull();
  });

  it('finds a group behind pages of others whose names begin alike', async () => {
    server.pageSize = 1;
    server.add(`${GROUP}-0`, [], { retentionDays: 1 });
    server.add(GROUP, [], { retentionDays: 14, storedBytes: 77 });
    server.add(`${GROUP}-2`, [], { retentionDays: 3 });
    expect(await store.describeGroup(GROUP)).toMatchObject({ retentionDays: 14, storedBytes: 77 });
  });

  it('a group that goes between two questions is missing', async () => {
    server.add(GROUP);
    server.fail({ type: 'meanwhile', act: () => void server.groups.delete(GROUP) }, 1, 'DescribeLogStreams');
    expect(await store.describeGroup(GROUP)).toBeNull();
  });

  it('is chosen by the environment, which may not set half of a key', async () => {
    const env = {
      LAPSE_DATA_DIR: '/data',
      LAPSE_LOG_BACKEND: 'cloudwatch' as const,
      LAPSE_LOG_ENVIRONMENT: 'staging',
      CLOUDWATCH_REGION: undefined,
      CLOUDWATCH_ENDPOINT: server.endpoint,
      CLOUDWATCH_ACCESS_KEY_ID: server.accessKeyId,
      CLOUDWATCH_SECRET_ACCESS_KEY: server.secretAccessKey,
    };
    const chosen = createLogStore(env);
    expect(chosen).toMatchObject({ kind: 'cloudwatch', environment: 'staging', localExpiry: null });
    expect(chosen.describe()).not.toContain(server.secretAccessKey);
    expect(await chosen.describeGroup(GROUP)).toBeNull();
    await chosen.close();
    expect(() => createLogStore({ ...env, CLOUDWATCH_SECRET_ACCESS_KEY: undefined })).toThrow(/both/);
    expect(createLogStore({ ...env, LAPSE_LOG_BACKEND: 'folder' }).kind).toBe('folder');
    const off = createLogStore({ ...env, LAPSE_LOG_BACKEND: 'off' });
    await expect(off.describeGroup(GROUP)).rejects.toMatchObject({ kind: 'not-configured' });
  });
});
