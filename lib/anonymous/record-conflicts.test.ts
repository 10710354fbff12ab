import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { placeAnonymousHold, releaseAnonymousHold } from './anonymous-holds';
import type { Received } from './received';
import { AnonymousWorld } from './testing/anonymous-world';
import { upsertMeetings } from './upsert-meetings';
import { upsertRecordings } from './upsert-recordings';
import { upsertTranscripts } from './upsert-transcripts';

let w: AnonymousWorld;
beforeAll(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  await w.wipe();
  await w.policy();
  await w.meeting('m');
  await w.recording('r', { meeting: 'm' });
  await w.transcript('t', { recording: 'r', meeting: 'm', files: ['wav', 'mp3'] });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await w.close();
});

const wav = { kind: 'audio_wav', object_key: 't/audio.wav', size_bytes: 10 };
const sendTranscript = (values: object = {}) =>
  upsertTranscripts(w.world.admin, [
    { id: 't', user_id: null, source_kind: 'room', recording_id: 'r', meeting_id: 'm', ...values },
  ]);
const sendRecording = (values: object = {}) =>
  upsertRecordings(w.world.admin, [
    { id: 'r', bucket_name: 'folder', object_key: 'r.mp4', meeting_id: 'm', track_keys: null, ...values },
  ]);
const sendMeeting = (key: string | null) =>
  upsertMeetings(w.world.admin, [{ id: 'm', daily_composed_video_s3_key: key }]);

const TAKES: [string, string, () => Promise<Received>][] = [
  ['its recording', 'recording_id', () => sendTranscript({ recording_id: null })],
  ['its meeting, for another', 'meeting_id', () => sendTranscript({ meeting_id: 'other' })],
  ['a file of its own', 'files', () => sendTranscript({ files: [] })],
  ['the place of its MP3', 'files', () => sendTranscript({ audio_location: 'storage' })],
  ['the meeting of its recording', 'meeting_id', () => sendRecording({ meeting_id: null })],
  ['the object of its recording', 'object_key', () => sendRecording({ object_key: 'another.mp4' })],
  ['the video of its meeting', 'daily_composed_video_s3_key', () => sendMeeting(null)],
];

describe('L3: what a hold keeps', () => {
  test.each(TAKES)('loses nothing by what the platform sends: %s', async (_what, field, send) => {
    const hold = { transcriptId: 't', matter: 'Case 7', reason: 'a court asked' };
    const { holdId } = await placeAnonymousHold(w.world.admin, hold);
    const rows = () => w.world.rows('select * from anonymous_files order by id');
    const before = await rows();
    expect((await send()).items).toMatchObject([
      { outcome: 'refused', code: 'conflict', errors: { [field]: expect.stringContaining(holdId) } },
    ]);
    expect(await rows()).toEqual(before);

    await releaseAnonymousHold(w.world.admin, { holdId, reason: 'over' });
    expect(await send()).toMatchObject({ updated: 1, refused: 0 });
  });

  test('may still be renamed, get a file, and get an owner', async () => {
    await placeAnonymousHold(w.world.admin, {
      transcriptId: null,
      matter: 'Case 7',
      reason: 'a court asked',
    });
    const mp3 = { kind: 'audio_mp3', object_key: 't/audio.mp3' };
    expect(await sendTranscript({ title: 'New', files: [wav, mp3], user_id: 'ada' })).toMatchObject({
      updated: 1,
    });
    // Nothing refers to this one, so no hold keeps it.
    await w.meeting('free');
    expect(
      await upsertMeetings(w.world.admin, [{ id: 'free', daily_composed_video_s3_key: null }]),
    ).toMatchObject({ updated: 1 });
  });
});

describe('L7, L9: while a deletion is under way', () => {
  const deleting = (column: string, id: string) =>
    w.world.database
      .sql`update anonymous_files set state = 'deleting' where ${w.world.database.sql(column)} = ${id}`;

  test('no record names an object that is going, but for an owner, who is told', async () => {
    await deleting('recording_id', 'r');
    const recording = {
      id: 'r-2',
      bucket_name: 'folder',
      object_key: 'r.mp4',
      meeting_id: null,
      track_keys: null,
    };
    expect((await upsertRecordings(w.world.admin, [recording])).items).toMatchObject([
      {
        outcome: 'refused',
        code: 'conflict',
        errors: { object_key: expect.stringContaining('being deleted right now') },
      },
    ]);
    const mine = { id: 'mine', user_id: 'ada', source_kind: 'room', recording_id: null, meeting_id: null };
    const files = [{ kind: 'audio_mp3', object_key: 'r.mp4', location: 'storage' }];
    expect((await upsertTranscripts(w.world.admin, [{ ...mine, files }])).items).toMatchObject([
      { outcome: 'created', filesKept: [{ kind: 'audio_mp3', objectKey: 'r.mp4', state: 'deleting' }] },
    ]);
  });

  test('a recording joins a meeting whose video is going, is told so, and does not leave it', async () => {
    await deleting('meeting_id', 'm');
    const recording = {
      id: 'r-2',
      bucket_name: 'folder',
      object_key: 'r-2.mp4',
      meeting_id: 'm',
      track_keys: null,
    };
    expect((await upsertRecordings(w.world.admin, [recording])).items).toMatchObject([
      { outcome: 'created', filesKept: [{ kind: 'composed_video', state: 'deleting' }] },
    ]);
    expect((await sendRecording({ meeting_id: null })).items).toMatchObject([
      {
        outcome: 'refused',
        code: 'conflict',
        errors: { meeting_id: expect.stringContaining('being deleted right now') },
      },
    ]);
  });

  test.each([
    ['a recording', () => sendRecording()],
    ['a meeting', () => sendMeeting('m/composed.mp4')],
  ])('%s waits until the claim or the settlement is done', async (_what, send) => {
    const connection = await w.world.database.owner.sql.reserve();
    await connection`select pg_advisory_lock_shared(hashtextextended('lapse:transcripts', 0))`;
    let isDone = false;
    const sending = send().finally(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const wasDone = isDone;
    await connection`select pg_advisory_unlock_shared(hashtextextended('lapse:transcripts', 0))`;
    connection.release();
    expect(wasDone).toBe(false);
    expect(await sending).toMatchObject({ refused: 0 });
  });
});
