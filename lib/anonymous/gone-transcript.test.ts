import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { listPlanItems } from '@/lib/deletion/list-plan-items';
import { listPlanTranscripts, planTranscriptsByReason } from '@/lib/deletion/list-plan-transcripts';
import { plansAwaitingApproval } from '@/lib/deletion/list-plans';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import { placeAnonymousHold } from './anonymous-holds';
import { loadRecord } from './load-record';
import { loadTranscript } from './load-transcript';
import { AnonymousWorld } from './testing/anonymous-world';

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
afterAll(async () => {
  vi.unstubAllEnvs();
  await w.close();
});

test('R4, B2: a plan tells of each transcript what becomes of it, before and after its run', async () => {
  const { admin } = w.world;
  await w.transcript('b', { days: 9 });
  await w.transcript('a', { days: 20 });
  await w.transcript('held', { days: 30 });
  await w.transcript('timeless', { days: null });
  await placeAnonymousHold(admin, { transcriptId: 'held', matter: 'Case 7', reason: 'A court asked.' });
  const plan = await w.preview();
  const planId = plan.id;
  const idsOf = async (input: object) =>
    (await listPlanTranscripts(admin, { planId, ...input })).transcripts.map(
      ({ transcriptId }) => transcriptId,
    );

  expect(await idsOf({})).toEqual(['held', 'a', 'b', 'timeless']);
  expect(await idsOf({ show: 'goes' })).toEqual(['a', 'b']);
  expect(await idsOf({ reason: 'held' })).toEqual(['held']);
  const first = await listPlanTranscripts(admin, { planId, limit: 1 });
  expect(first.nextAfter).toBe(1);
  expect(await idsOf({ after: 1 })).toEqual(['a', 'b', 'timeless']);
  expect(await planTranscriptsByReason(admin, { planId })).toMatchObject([
    { goes: true, transcripts: 2 },
    { reason: 'held', goes: false, transcripts: 1 },
    { reason: 'no-creation-time', goes: false, transcripts: 1 },
  ]);
  expect((await listPlanItems(admin, { planId })).items).toHaveLength(6);

  await placeAnonymousHold(admin, { transcriptId: 'b', matter: 'Case 8', reason: 'Another court asked.' });
  await runCleanupToEnd(w.world.job(), { jobRunId: await w.request(plan) });
  const { transcripts } = await listPlanTranscripts(admin, { planId, show: 'shrunk' });
  expect(transcripts).toMatchObject([{ transcriptId: 'b', outcome: 'shrunk', outcomeReason: 'held' }]);
});

test('E11: a transcript that is gone has its receipts', async () => {
  const keys = await w.transcript('t');
  await w.cleanUp();
  const found = await loadTranscript(w.world.admin, { id: 't' });
  if (!('gone' in found)) throw new Error('it is still there');
  expect(found.gone.receipts.map(({ storageKey }) => storageKey).sort()).toEqual(keys.sort());
  expect(found.gone.total).toBe(3);
  await expect(loadTranscript(w.world.admin, { id: 'other' })).rejects.toMatchObject({ code: 'not_found' });
});

test('R4: one without any file leaves no receipt, and the run that took it is known all the same', async () => {
  await w.transcript('bare', { files: [] });
  const { run } = await w.cleanUp();
  const found = await loadTranscript(w.world.admin, { id: 'bare' });
  expect(found).toMatchObject({ gone: { id: 'bare', receipts: [], total: 0, run: { id: run.id } } });
  const read = (id: string) => loadRecord(w.world.admin, { kind: 'transcripts', id });
  await expect(read('bare')).rejects.toMatchObject({
    code: 'not_found',
    message: `There is no transcript "bare". It was deleted at ${run.finishedAt!.toISOString()} (run ${run.id}, plan ${run.planId}).`,
  });
  await expect(read('other')).rejects.toThrow(/^There is no transcript "other"\.$/);
});

test('B2: a plan of anonymous data that needs a second admin waits where those of challenges do', async () => {
  await w.world.set('approval.above-files', 2);
  await w.transcript('t');
  const plan = await w.preview();
  expect((await plansAwaitingApproval(w.world.admin)).map(({ id }) => id)).toEqual([plan.id]);
});

test('B2: transcripts without any file count as files do, in one plan and in several of a day', async () => {
  await w.world.set('approval.above-files', 2);
  for (const id of ['a', 'b']) await w.transcript(id, { files: [] });
  await w.cleanUp();
  await w.transcript('c', { files: [] });
  await expect(w.request(await w.preview())).rejects.toThrow(
    /in the last 24 hours it deletes 3 files or transcripts/,
  );
  for (const id of ['d', 'e']) await w.transcript(id, { files: [] });
  await expect(w.request(await w.preview())).rejects.toThrow(
    'It deletes 3 transcripts; a plan of more than 2 needs a second admin.',
  );
});
