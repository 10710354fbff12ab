import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { sayGone } from './source';

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  await w.policy();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const goneIn = async (runId: string): Promise<string[]> =>
  (
    await w.world.rows(
      `select new_value -> 'gone' as gone from audit_events
      where action = 'artifacts.delete' and target = 'run:${runId}' order by time_started, id`,
    )
  ).flatMap(({ gone }) => (gone as string[] | null) ?? []);

test('L8: the event of a batch names the rows that went with it, recordings and meetings without any file too', async () => {
  await w.meeting('m', { video: false });
  await w.recording('r', { meeting: 'm' });
  await w.transcript('one', { days: 9, recording: 'r', files: ['wav'] });
  await w.transcript('without-files', { days: 8, files: [] });
  await w.transcript('stays', { days: 1 });
  const { run } = await w.cleanUp();
  expect((await goneIn(run.id)).sort()).toEqual([
    'meeting:m',
    'recording:r',
    'transcript:one',
    'transcript:without-files',
  ]);
});

test('L8: a recording that goes only when its last transcript has no file left is named as well', async () => {
  await w.meeting('m', { video: false });
  await w.transcript('a', { meeting: 'm', files: [] });
  await w.transcript('b', { meeting: 'm', files: [] });
  const { run } = await w.cleanUp();
  expect((await goneIn(run.id)).sort()).toEqual(['meeting:m', 'transcript:a', 'transcript:b']);
});

test('L8: one event names so many, and says how many more there are', () => {
  const names = Array.from({ length: 512 }, (_, index) => `transcript:${index}`);
  expect(sayGone([])).toEqual({});
  expect(sayGone(names.slice(0, 500)).gone).toHaveLength(500);
  expect(sayGone(names).gone?.slice(499)).toEqual(['transcript:499', 'and 12 more']);
});
