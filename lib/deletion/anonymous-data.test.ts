import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { addMeetingConsents } from '@/lib/anonymous/add-meeting-consents';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { receiptsOfTranscript } from './list-receipts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';

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

describe('what goes', () => {
  test('R2: old transcripts that are nobody’s, and neither new nor owned ones', async () => {
    const gone = await w.transcript('old');
    const kept = [await w.transcript('new', { days: 2 }), await w.transcript('mine', { owner: 'user123' })];
    const { plan, run, counts } = await w.cleanUp();
    expect(plan).toMatchObject({ transcripts: 1, files: 3, bytes: 30, heldBackTranscripts: 0 });
    expect(run).toMatchObject({ state: 'succeeded', job: 'cleanup-anonymous-data' });
    expect(run.summary).toBe('1 transcript deleted with all its files. 3 files (30 B) deleted.');
    expect(counts).toMatchObject({ transcriptsDeleted: 1, deleted: 3, bytes: 30, failed: 0 });
    expect((await w.ids()).transcripts).toEqual(['mine', 'new']);
    expect(await w.world.objects()).toEqual(kept.flat().sort());
    expect(await w.world.receiptKeys()).toEqual(gone.sort());
    await expectOneAnonymousStory(w);
  });

  test('R2: exactly at the cutoff it stays, and goes a millisecond later', async () => {
    await w.transcript('at', { days: 7 });
    await w.transcript('after', { days: 7, andMs: 1 });
    await w.cleanUp();
    expect((await w.ids()).transcripts).toEqual(['at']);
  });

  test('R2: of which nobody knows when it was made stays, and is reported', async () => {
    await w.transcript('unknown', { days: null });
    const plan = await w.preview();
    expect(plan).toMatchObject({ transcripts: 0, heldBackTranscripts: 1 });
    expect(await w.world.rows('select transcript_id, will_delete, reason from plan_transcripts')).toEqual([
      { transcript_id: 'unknown', will_delete: false, reason: 'no-creation-time' },
    ]);
  });

  test('R3: a transcript whose recording or meeting has not arrived stays, and goes with it later', async () => {
    await w.transcript('t', { recording: 'r', files: ['wav'] });
    const early = await w.preview();
    expect(early).toMatchObject({ transcripts: 0, files: 0, heldBackTranscripts: 1 });
    expect(await w.world.rows('select reason from plan_transcripts')).toEqual([
      { reason: 'record-not-received' },
    ]);
    await w.recording('r', { meeting: 'm' });
    expect(await w.preview()).toMatchObject({ transcripts: 0, heldBackTranscripts: 1 });
    await w.meeting('m');
    const { counts } = await w.cleanUp();
    expect(counts).toMatchObject({
      transcriptsDeleted: 1,
      recordingsDeleted: 1,
      meetingsDeleted: 1,
      deleted: 3,
    });
    expect(await w.world.objects()).toEqual([]);
  });

  test('R3: one that names an unknown recording since its plan stays', async () => {
    await w.transcript('t', { files: ['wav'] });
    const jobRunId = await w.request(await w.preview());
    await w.transcript('t', { files: ['wav'], recording: 'r' });
    await runCleanupToEnd(w.world.job(), { jobRunId });
    expect((await w.ids()).transcripts).toEqual(['t']);
    expect(await w.world.rows('select outcome_reason from plan_transcripts')).toEqual([
      { outcome_reason: 'record-not-received' },
    ]);
  });

  test('R3: a meeting stays while a recording that no transcript refers to names it', async () => {
    await w.meeting('m');
    await w.recording('lonely', { meeting: 'm' });
    await w.transcript('t', { meeting: 'm', files: ['wav'] });
    const { plan, counts } = await w.cleanUp();
    expect(plan).toMatchObject({ transcripts: 1, meetings: 0 });
    expect(counts).toMatchObject({ transcriptsDeleted: 1, meetingsDeleted: 0 });
    expect(await w.ids()).toEqual({ transcripts: [], recordings: ['lonely'], meetings: ['m'] });
  });

  test('R3: its recording with every track, its meeting with the video; consents stay as history', async () => {
    const meeting = await w.meeting('m');
    const recording = await w.recording('r', { tracks: 3 });
    const own = await w.transcript('t', { recording: 'r', meeting: 'm', audioLocation: 'storage' });
    await addMeetingConsents(w.world.admin, [
      { id: 'c', meeting_id: 'm', consent_given: true, consent_timestamp: '2026-11-01T10:00:00Z' },
    ]);
    const { plan, counts } = await w.cleanUp();
    expect(plan).toMatchObject({ transcripts: 1, recordings: 1, meetings: 1, files: 7 });
    expect(counts).toMatchObject({
      transcriptsDeleted: 1,
      recordingsDeleted: 1,
      meetingsDeleted: 1,
      deleted: 7,
    });
    expect(await w.ids()).toEqual({ transcripts: [], recordings: [], meetings: [] });
    expect(await w.world.objects()).toEqual([]);
    expect(await w.world.rows('select id from meeting_consents')).toEqual([{ id: 'c' }]);
    expect(await w.world.receiptKeys()).toEqual([...meeting, ...recording, ...own].sort());
    await expectOneAnonymousStory(w);
  });

  test('R3: a transcript without any file, and one whose files the platform has removed itself', async () => {
    await w.transcript('bare', { files: [] });
    const keys = await w.transcript('removed', { audioDeleted: true });
    await w.world.storage.delete(keys);
    const { counts, run } = await w.cleanUp();
    expect(run.state).toBe('succeeded');
    expect(counts).toMatchObject({ transcriptsDeleted: 2, deleted: 0, alreadyAbsent: 3, firstTried: 0 });
    // The one that leaves no receipt stands in the audit log (L8).
    const events = await w.world.rows(
      "select new_value->'gone' as gone from audit_events where action = 'artifacts.delete' and new_value ? 'gone'",
    );
    expect(events.at(-1)).toEqual({ gone: ['transcript:bare'] });
    expect((await w.ids()).transcripts).toEqual([]);
    await expectOneAnonymousStory(w);
  });

  test('E11, B3: each receipt names the transcript, whose file it was, and the policy that permitted it', async () => {
    await w.recording('r');
    await w.transcript('t', { recording: 'r', files: ['wav'] });
    const { plan } = await w.cleanUp();
    const [policy] = await w.world.rows('select id, sequence from public_policies');
    const receipts = await receiptsOfTranscript(w.world.admin, { transcriptId: 't' });
    expect(receipts).toMatchObject([
      {
        source: 'anonymous-data',
        storageKey: 'local/t/audio.wav',
        transcriptId: 't',
        publicPolicyId: policy?.id,
        policyVersion: `public-${policy?.sequence}`,
        planHash: plan.hash,
        challengeId: null,
        consentEventId: null,
        noticeId: null,
        subjects: [{ transcriptId: 't', recordingId: null, kind: 'audio_wav', policyId: policy?.id }],
      },
      { storageKey: 'r.mp4', subjects: [{ transcriptId: 't', recordingId: 'r', kind: 'recording' }] },
    ]);
  });

  test('E11, B3: the receipt of a shared file names every transcript, each with its policy, and each leads to it', async () => {
    const { sql } = w.world.database;
    await w.policy(5, 8.5);
    await w.recording('r');
    await w.transcript('older', { days: 9, recording: 'r', files: ['wav'] });
    await w.transcript('younger', { days: 8, recording: 'r', files: [] });
    vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '5');
    await w.cleanUp();
    const policies = await sql`select id from public_policies order by sequence`;
    const [shared, ...none] = await receiptsOfTranscript(w.world.admin, { transcriptId: 'younger' });
    expect(none).toEqual([]);
    expect(shared).toMatchObject({
      storageKey: 'r.mp4',
      transcriptId: 'older',
      subjects: [
        {
          ...{ transcriptId: 'older', policyId: policies[0]?.id },
          others: [{ transcriptId: 'younger', policyId: policies[1]?.id }],
        },
      ],
    });
    expect(await receiptsOfTranscript(w.world.admin, { transcriptId: 'older' })).toHaveLength(2);
  });

  test('R5: only what is older than the days that are asked for', async () => {
    await w.recording('r');
    await w.transcript('older', { days: 31, recording: 'r' });
    await w.transcript('younger', { days: 10, recording: 'r' });
    const { plan } = await w.cleanUp(undefined, 30);
    expect(plan).toMatchObject({ olderThanDays: 30, transcripts: 1, recordings: 0, files: 3 });
    expect(await w.ids()).toEqual({ transcripts: ['younger'], recordings: ['r'], meetings: [] });
  });
});

describe('R3: a recording and a meeting that several share', () => {
  test.each([
    ['an owned one', { owner: 'user123' }],
    ['one that is not due', { days: 6 }],
    ['one of which nobody knows how old it is', { days: null }],
  ])('stay with their files for %s', async (_name, sibling) => {
    const kept = [...(await w.meeting('m')), ...(await w.recording('r', { meeting: 'm', tracks: 2 }))];
    await w.transcript('old', { recording: 'r' });
    const own = await w.transcript('stays', { ...sibling, recording: 'r', meeting: 'm' });
    const { counts, run } = await w.cleanUp();
    expect(run.state).toBe('succeeded');
    expect(counts).toMatchObject({
      transcriptsDeleted: 1,
      recordingsDeleted: 0,
      meetingsDeleted: 0,
      deleted: 3,
    });
    expect(await w.ids()).toEqual({ transcripts: ['stays'], recordings: ['r'], meetings: ['m'] });
    expect(await w.world.objects()).toEqual([...kept, ...own].sort());
  });

  test('stay for a held one, which says so in the plan', async () => {
    await w.recording('r');
    await w.transcript('old', { recording: 'r' });
    await w.transcript('held', { recording: 'r' });
    await w.world.database.sql`
      insert into anonymous_holds (id, transcript_id, matter, reason, placed_by_actor, placed_at)
      values (gen_random_uuid(), 'held', 'Case 7', 'a court asked', '{}', now())`;
    const { plan } = await w.cleanUp();
    expect(plan).toMatchObject({ transcripts: 1, heldBackTranscripts: 1, recordings: 0 });
    expect(await w.ids()).toMatchObject({ transcripts: ['held'], recordings: ['r'] });
    const [held] = await w.world.rows(`select reason from plan_transcripts where not will_delete`);
    expect(held).toEqual({ reason: 'held' });
  });

  test('go with the last of them, each file once', async () => {
    await w.meeting('m');
    await w.recording('r', { meeting: 'm' });
    await w.transcript('one', { recording: 'r' });
    await w.transcript('two', { days: 9, meeting: 'm' });
    const { counts } = await w.cleanUp();
    expect(counts).toMatchObject({
      transcriptsDeleted: 2,
      recordingsDeleted: 1,
      meetingsDeleted: 1,
      deleted: 8,
    });
    expect(await w.ids()).toEqual({ transcripts: [], recordings: [], meetings: [] });
    expect(await w.world.objects()).toEqual([]);
    await expectOneAnonymousStory(w);
  });

  test('go in batches of two objects as well', async () => {
    await w.world.set('cleanup.batch-size', 2);
    await w.meeting('m');
    await w.recording('r', { meeting: 'm', tracks: 3 });
    for (const id of ['a', 'b', 'c']) await w.transcript(id, { recording: 'r' });
    const { counts } = await w.cleanUp();
    expect(counts).toMatchObject({
      transcriptsDeleted: 3,
      recordingsDeleted: 1,
      meetingsDeleted: 1,
      deleted: 13,
    });
    await w.world.set('cleanup.batch-size', 1000);
    await expectOneAnonymousStory(w);
  });
});
