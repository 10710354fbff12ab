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
  await w.transcript('t', { recording: 'r', meeting: 'm', files: ['wav'] });
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
    { id: 'r', bucket_name: 'folder', object_key: 'r.mp4', meeting_id: 'm', ...values },
  ]);
const sendMeeting = (key: string | null) =>
  upsertMeetings(w.world.admin, [{ id: 'm', daily_composed_video_s3_key: key }]);

const TAKES: [string, string, () => Promise<Received>][] = [
  ['its recording', 'recording_id', () => sendTranscript({ recording_id: null })],
  ['its meeting, for another', 'meeting_id', () => sendTranscript({ meeting_id: 'other' })],
  ['a file of its own', 'files', () => sendTranscript({ files: [] })],
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
    expect(await upsertMeetings(w.world.admin, [{ id: 'free' }])).toMatchObject({ updated: 1 });
  });
});
