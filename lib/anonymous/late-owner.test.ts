import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readCounts } from '@/lib/deletion/counts';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import { CleanupProcesses } from '@/lib/deletion/testing/cleanup-process';
import { beforeDelete } from '@/lib/deletion/testing/wrapped-storage';
import { AnonymousWorld } from './testing/anonymous-world';
import { upsertTranscripts } from './upsert-transcripts';

let w: AnonymousWorld;
let processes: CleanupProcesses;
beforeAll(async () => {
  w = await AnonymousWorld.open();
  processes = new CleanupProcesses(w.world);
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  await w.policy();
});
afterEach(() => {
  vi.unstubAllEnvs();
  processes.killAll();
});
afterAll(() => w.close());

const giveOwner = async () => {
  const record = { id: 't', user_id: 'ada', source_kind: 'room', recording_id: 'r', meeting_id: null };
  return (await upsertTranscripts(w.world.admin, [record])).items;
};
const deleting = { state: 'deleting' };

test('L4, L7: an owner that is given between two batches keeps the rest, and is told what goes', async () => {
  await w.world.set('cleanup.batch-size', 1);
  await w.recording('r');
  await w.transcript('t', { recording: 'r' });
  const jobRunId = await w.request(await w.preview());
  let answers: unknown[] = [];
  const storage = beforeDelete(w.world.storage, async () => {
    answers = [...answers, ...(await giveOwner())];
  });
  const run = await runCleanupToEnd(w.world.job(storage), { jobRunId });
  expect(answers).toMatchObject([{ outcome: 'updated', filesKept: [deleting] }]);
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, shrunk: 3, transcriptsDeleted: 0 });
  expect(await w.ids()).toMatchObject({ transcripts: ['t'], recordings: ['r'] });
  expect(await w.world.objects()).toHaveLength(3);
});

test('L4, L9: an owner that is given while nobody works on a killed run keeps all that is still there', async () => {
  await w.world.set('cleanup.batch-size', 1000);
  await w.recording('r');
  await w.transcript('t', { recording: 'r' });
  const jobRunId = await w.request(await w.preview());
  const { line, child } = await processes.work(jobRunId, 0);
  expect(line).toBe('standing still');
  await processes.kill(child);
  expect(await giveOwner()).toMatchObject([
    { outcome: 'updated', filesKept: [deleting, deleting, deleting, deleting] },
  ]);
  const run = await runCleanupToEnd(w.world.job(), { jobRunId });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 0, transcriptsDeleted: 0 });
  expect(await w.ids()).toMatchObject({ transcripts: ['t'], recordings: ['r'] });
  expect(await w.world.objects()).toHaveLength(4);
}, 60_000);
