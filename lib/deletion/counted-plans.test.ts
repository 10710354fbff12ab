import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { placeAnonymousHold } from '@/lib/anonymous/anonymous-holds';
import { beginScheduledAnonymousCleanup } from '@/lib/anonymous/begin-anonymous-cleanup';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { addDays } from '@/lib/platform/clock';
import { listPlanTranscripts, planTranscriptsByReason } from './list-plan-transcripts';
import { loadPlan } from './load-plan';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { NOW } from './testing/cleanup-world';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  w.world.clock.set(NOW);
  await w.policy();
  await w.transcript('undated', { days: null });
  await w.transcript('held', { days: 30 });
  await placeAnonymousHold(w.world.admin, {
    transcriptId: 'held',
    matter: 'Case 7',
    reason: 'a court asked',
  });
  await w.recording('elsewhere', { bucket: 'whereby' });
  await w.transcript('split', { days: 20, recording: 'elsewhere', files: ['wav'] });
  // Shares its recording with one that stays, and goes itself.
  await w.recording('shared');
  await w.transcript('sibling', { days: 1, recording: 'shared' });
  await w.transcript('goes', { days: 9, recording: 'shared', files: ['wav'] });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const scheduled = async (at = NOW) => {
  w.world.clock.set(at);
  const { jobRunId } = await beginScheduledAnonymousCleanup(w.world.job(), { tick: at.toISOString() });
  return runCleanupToEnd(w.world.job(), { jobRunId });
};
const HELD_BACK = { held: 1, 'no-creation-time': 1, 'other-bucket': 1 };

describe('R2: a plan of the schedule', () => {
  test('names what goes, and of the rest how many stay for which reason', async () => {
    const run = await scheduled();
    const plan = await loadPlan(w.world.admin, { planId: String(run.planId) });
    expect(plan).toMatchObject({
      transcripts: 1,
      files: 1,
      heldBackTranscripts: 3,
      heldBackCounted: HELD_BACK,
    });
    const { transcripts } = await listPlanTranscripts(w.world.admin, { planId: plan.id });
    expect(transcripts.map(({ position, transcriptId }) => [position, transcriptId])).toEqual([[2, 'goes']]);
    const reasons = await planTranscriptsByReason(w.world.admin, { planId: plan.id });
    expect(
      reasons.map(({ reason, goes, isNamed, transcripts: some }) => [reason, goes, isNamed, some]),
    ).toEqual([
      ['retention-period-over', true, true, 1],
      ['held', false, false, 1],
      ['no-creation-time', false, false, 1],
      ['other-bucket', false, false, 1],
    ]);
    // Why the recording of one that goes stays is said all the same.
    expect(await w.world.rows('select storage_key, reason from plan_items order by position')).toEqual([
      { storage_key: 'shared.mp4', reason: 'retained-sibling' },
      { storage_key: 'local/goes/audio.wav', reason: 'retention-period-over' },
    ]);
  });

  test('R4: counts what nobody can delete as what failed, and says why, every day anew', async () => {
    const run = await scheduled();
    expect(run).toMatchObject({ state: 'partial', counts: { transcriptsDeleted: 1, transcriptsFailed: 1 } });
    expect(run.summary).toContain(
      'Of 1 transcript nothing was tried: a file of it lies in a bucket that Lapse is not set up with.',
    );
    expect(await w.ids()).toMatchObject({ transcripts: ['held', 'sibling', 'split', 'undated'] });
    await expectOneAnonymousStory(w);
    const next = await scheduled(addDays(NOW, 1));
    expect(next).toMatchObject({ state: 'partial', counts: { transcriptsDeleted: 0, transcriptsFailed: 1 } });
  });

  test('leaves no row behind for what stays, however many days it stays', async () => {
    for (let day = 0; day < 5; day += 1) await scheduled(addDays(NOW, day));
    expect(await w.world.rows('select transcript_id, outcome from plan_transcripts')).toEqual([
      { transcript_id: 'goes', outcome: 'deleted' },
    ]);
    expect(await w.world.rows('select count(*)::int as items from plan_items')).toEqual([{ items: 2 }]);
  });
});

test('R2, B1: the preview of a person names what stays as well, and is the same plan otherwise', async () => {
  const preview = await w.preview();
  expect(preview).toMatchObject({ transcripts: 1, files: 1, heldBackTranscripts: 3, heldBackCounted: {} });
  const { transcripts } = await listPlanTranscripts(w.world.admin, { planId: preview.id, show: 'held-back' });
  expect(transcripts.map(({ transcriptId, reason }) => [transcriptId, reason])).toEqual([
    ['held', 'held'],
    ['split', 'other-bucket'],
    ['undated', 'no-creation-time'],
  ]);
  const run = await runCleanupToEnd(w.world.job(), { jobRunId: await w.request(preview) });
  expect(run).toMatchObject({ state: 'partial', counts: { transcriptsDeleted: 1, transcriptsFailed: 1 } });
});
