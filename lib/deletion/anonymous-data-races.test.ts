import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { placeAnonymousHold, releaseAnonymousHold } from '@/lib/anonymous/anonymous-holds';
import { recordPublicPolicy } from '@/lib/anonymous/record-policy';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { upsertTranscripts } from '@/lib/anonymous/upsert-transcripts';
import { readCounts } from './counts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';
import { Standstill } from './testing/standstill';
import { beforeDelete } from './testing/wrapped-storage';

let w: AnonymousWorld;
let standstill: Standstill;
beforeAll(async () => {
  w = await AnonymousWorld.open();
  standstill = await Standstill.install(w.world);
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  await w.policy();
  await w.world.set('cleanup.batch-size', 1000);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const hold = (transcriptId: string | null) =>
  placeAnonymousHold(w.world.admin, { transcriptId, matter: 'Case 7', reason: 'a court asked' });
const run = async (jobRunId: string, storage = w.world.storage) => {
  const done = await runCleanupToEnd(w.world.job(storage), { jobRunId });
  return { run: done, counts: readCounts(done.counts) };
};
const outcomes = async () =>
  Object.fromEntries(
    (
      await w.world.rows(
        'select transcript_id, outcome, outcome_reason from plan_transcripts order by position',
      )
    ).map((row) => [row.transcript_id, row.outcome_reason ?? row.outcome]),
  );

describe('L6, L7: what changes between the plan and the commit point wins', () => {
  test.each([
    ['an owner', () => w.transcript('t', { owner: 'user123', recording: 'r' }), 'owned'],
    ['a hold on it', () => hold('t'), 'held'],
    ['a hold on all anonymous data', () => hold(null), 'held'],
    ['another time of its making', () => w.transcript('t', { days: 1, recording: 'r' }), 'not-old-enough'],
  ])('%s', async (_name, act, reason) => {
    await w.recording('r');
    await w.transcript('t', { recording: 'r' });
    const jobRunId = await w.request(await w.preview());
    const objects = await w.world.objects();
    await act();
    const { run: done, counts } = await run(jobRunId);
    expect(done.state).toBe('succeeded');
    expect(counts).toMatchObject({ deleted: 0, shrunk: 4, transcriptsDeleted: 0, transcriptsFailed: 0 });
    expect(await w.world.objects()).toEqual(objects);
    expect(await outcomes()).toEqual({ t: reason });
  });

  test('an owned sibling keeps the recording, and the transcript goes without it', async () => {
    await w.recording('r');
    await w.transcript('t', { recording: 'r' });
    const jobRunId = await w.request(await w.preview());
    await w.transcript('later', { owner: 'user123', recording: 'r', files: [] });
    const { counts } = await run(jobRunId);
    expect(counts).toMatchObject({ deleted: 3, shrunk: 1, transcriptsDeleted: 1, recordingsDeleted: 0 });
    expect(await w.ids()).toMatchObject({ transcripts: ['later'], recordings: ['r'] });
    expect(await w.world.objects()).toEqual(['r.mp4']);
  });

  test.each([
    ['public mode that is switched off', 'off', '7'],
    ['a longer period', 'on', '30'],
  ])('%s stops the run', async (_name, mode, days) => {
    await w.transcript('t', { days: 20 });
    const jobRunId = await w.request(await w.preview());
    vi.stubEnv('PUBLIC_MODE', mode);
    vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', days);
    await recordPublicPolicy(w.world.job());
    const { run: done } = await run(jobRunId);
    expect(done.state).toBe('stopped');
    expect(done.summary).toMatch(
      /^Nothing was deleted\. The plan was made under policy public-\d+, and public-\d+ is in force/,
    );
    expect(await w.world.objects()).toHaveLength(3);
  });

  test('R1: an environment that nobody could record when the process started stops the run as well', async () => {
    await w.world.set('cleanup.batch-size', 1);
    await w.transcript('t', { files: ['wav', 'mp3'] });
    const jobRunId = await w.request(await w.preview());
    const { run: done } = await run(
      jobRunId,
      beforeDelete(w.world.storage, async () => {
        vi.stubEnv('PUBLIC_MODE', 'off');
      }),
    );
    expect(done).toMatchObject({ state: 'stopped', summary: expect.stringContaining('is in force now') });
    // What was claimed by then had gone, and nothing else.
    expect(await w.world.objects()).toHaveLength(1);
    const [latest] = await w.world.rows(
      'select public_mode from public_policies order by sequence desc limit 1',
    );
    expect(latest).toEqual({ public_mode: false });
  });

  test('R4: an owner since the plan counts as a change, also where a file lies in another bucket', async () => {
    await w.recording('r', { bucket: 'elsewhere' });
    await w.transcript('t', { recording: 'r' });
    await w.transcript('whole', { files: ['wav'] });
    const jobRunId = await w.request(await w.preview());
    await w.transcript('t', { recording: 'r', owner: 'user123' });
    const { run: done, counts } = await run(jobRunId);
    expect(done.state).toBe('succeeded');
    expect(counts).toMatchObject({ transcriptsDeleted: 1, transcriptsFailed: 0 });
    expect(await outcomes()).toEqual({ t: 'owned', whole: 'deleted' });
  });

  test('another file in its place, and a file that the platform takes off its list', async () => {
    await w.transcript('changed', { files: ['wav'] });
    await w.transcript('unlisted', { files: ['wav', 'mp3'] });
    const jobRunId = await w.request(await w.preview());
    await w.world.storage.put('local/changed/audio.wav', Buffer.alloc(99));
    await w.transcript('unlisted', { files: ['wav'] });
    const { counts } = await run(jobRunId);
    expect(counts).toMatchObject({ deleted: 1, shrunk: 2, transcriptsDeleted: 1 });
    expect(await outcomes()).toEqual({ changed: 'changed-since-plan', unlisted: 'deleted' });
  });
});

describe('L3, L7: what comes after the commit point', () => {
  test('a hold is told how many files it comes too late for, and keeps the rows', async () => {
    await w.transcript('t');
    const jobRunId = await w.request(await w.preview());
    let tooLate = 0;
    const { counts } = await run(
      jobRunId,
      beforeDelete(w.world.storage, async () => {
        tooLate = (await hold('t')).filesBeingDeleted;
      }),
    );
    expect(tooLate).toBe(3);
    expect(counts).toMatchObject({ deleted: 3, transcriptsDeleted: 0 });
    expect(await outcomes()).toEqual({ t: 'held' });
    expect((await w.ids()).transcripts).toEqual(['t']);

    const [{ id } = {}] = await w.world.rows('select id from anonymous_holds');
    await releaseAnonymousHold(w.world.admin, { holdId: String(id), reason: 'over' });
    expect((await w.cleanUp()).counts).toMatchObject({ deleted: 0, transcriptsDeleted: 1 });
    await expectOneAnonymousStory(w);
  });

  test('an owner is stored while its files are being deleted, and keeps the rows', async () => {
    await w.transcript('t');
    const jobRunId = await w.request(await w.preview());
    let items: unknown;
    await run(
      jobRunId,
      beforeDelete(w.world.storage, async () => {
        const none = { recording_id: null, meeting_id: null };
        const record = { id: 't', user_id: 'user123', source_kind: 'room', ...none };
        items = (await upsertTranscripts(w.world.admin, [record])).items;
      }),
    );
    expect(items).toMatchObject([{ outcome: 'updated' }]);
    expect((await w.ids()).transcripts).toEqual(['t']);
    expect(await outcomes()).toEqual({ t: 'owned' });
  });

  test('in the claim, before its commit: whoever decides waits, and finds the files being deleted', async () => {
    await w.transcript('t');
    const jobRunId = await w.request(await w.preview());
    const goOn = await standstill.at('claim');
    const running = run(jobRunId);
    await standstill.reached();
    const placing = hold('t');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await goOn();
    expect((await placing).filesBeingDeleted).toBe(3);
    const { counts } = await running;
    expect(counts).toMatchObject({ deleted: 3, transcriptsDeleted: 0 });
    expect((await w.ids()).transcripts).toEqual(['t']);
    await expectOneAnonymousStory(w);
  });
});
