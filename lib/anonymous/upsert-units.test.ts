import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { addMeetingConsents } from './add-meeting-consents';
import { filesIn, openPlatform, outcomes, type Platform, transcript } from './testing/platform';
import { upsertMeetings } from './upsert-meetings';
import { upsertRecordings } from './upsert-recordings';
import { upsertTranscripts } from './upsert-transcripts';

let opened: Platform;
let database: TestDatabase;
let platform: Context;
beforeAll(async () => {
  opened = await openPlatform();
  ({ database, platform } = opened);
});
beforeEach(async () => {
  await opened.wipe();
});
afterAll(() => opened.close());

const files = () => filesIn(database);

test('R3: of a recording its object is a file, of a multitrack one each track, in the bucket it names', async () => {
  const recording = { id: 'r', bucket_name: 'b', object_key: 'r.mp4', meeting_id: null, track_keys: null };
  expect(outcomes(await upsertRecordings(platform, [recording]))).toEqual(['created']);
  const named = async () => (await files()).map(({ kind, storage_key }) => [kind, storage_key]);
  expect(await files()).toMatchObject([{ kind: 'recording', storage_key: 'r.mp4', bucket_name: 'b' }]);
  // The key is then that of their folder, or there is none: to ask for it would find it absent.
  const tracks = { ...recording, object_key: 'r', track_keys: ['r/1.webm', 'r/2.webm'] };
  expect(outcomes(await upsertRecordings(platform, [tracks]))).toEqual(['updated']);
  expect(await named()).toEqual([
    ['track', 'r/1.webm'],
    ['track', 'r/2.webm'],
  ]);
  const silent = { ...recording, object_key: '', track_keys: [] };
  expect(outcomes(await upsertRecordings(platform, [silent]))).toEqual(['updated']);
  const [row] = await database.sql`select object_key, track_keys from recordings`;
  expect(row).toEqual({ object_key: '', track_keys: [] });
  expect(await named()).toEqual([]);
});

test.each([
  [{ object_key: '' }, 'object_key', /only a recording with track_keys/],
  [{ object_key: 7 }, 'object_key', /7 is not allowed/],
  [{ object_key: undefined }, 'object_key', /is not allowed: use a text/],
  [{ object_key: 'media/x' }, 'object_key', /belong to challenges/],
  [{ object_key: '../x', track_keys: [] }, 'object_key', /“\.\.”/],
  [{ track_keys: ['a', 'a'] }, 'track_keys', /stands twice/],
  [{ track_keys: undefined }, 'track_keys', /or null when it is no multitrack recording/],
  [{ meeting_id: undefined }, 'meeting_id', /or null when it has none/],
])('a recording is refused with the field and why (%#)', async (values, field, why) => {
  const recording = {
    id: 'r',
    bucket_name: 'b',
    object_key: 'r.mp4',
    meeting_id: null,
    track_keys: null,
    ...values,
  };
  expect((await upsertRecordings(platform, [recording])).items[0]).toMatchObject({
    outcome: 'refused',
    code: 'invalid',
    errors: { [field]: expect.stringMatching(why) },
  });
});

test('a meeting has its composed video as a file', async () => {
  await upsertMeetings(platform, [{ id: 'm', room_name: 'Room', daily_composed_video_s3_key: 'v.mp4' }]);
  expect((await files()).map(({ kind, storage_key }) => [kind, storage_key])).toEqual([
    ['composed_video', 'v.mp4'],
  ]);
  // Left out by mistake it would be forgotten, and stay when all else goes.
  expect((await upsertMeetings(platform, [{ id: 'm', room_name: 'Room' }])).items[0]).toMatchObject({
    outcome: 'refused',
    errors: { daily_composed_video_s3_key: expect.stringMatching(/or null when it has none/) },
  });
  expect(await files()).toHaveLength(1);
  const without = { id: 'm', room_name: 'Room', daily_composed_video_s3_key: null };
  expect(outcomes(await upsertMeetings(platform, [without]))).toEqual(['updated']);
  expect(await files()).toEqual([]);
});

test('L9: the video of a meeting lies in the bucket that is named, else in that of its recordings, else in an unknown one', async () => {
  const meeting = { id: 'm', daily_composed_video_s3_key: 'v.mp4' };
  const recording = { id: 'r', bucket_name: 'daily', object_key: 'r.mp4', meeting_id: 'm', track_keys: null };
  const bucket = async () => (await files()).find(({ kind }) => kind === 'composed_video')?.bucket_name;
  await upsertMeetings(platform, [meeting]);
  expect(await bucket()).toBe('unknown');
  // In any order: what comes later says it.
  await upsertRecordings(platform, [recording]);
  expect(await bucket()).toBe('daily');
  expect(outcomes(await upsertMeetings(platform, [meeting]))).toEqual(['unchanged']);

  await upsertRecordings(platform, [{ ...recording, id: 'r-2', bucket_name: 'whereby' }]);
  expect(outcomes(await upsertMeetings(platform, [meeting]))).toEqual(['updated']);
  expect(await bucket()).toBe('unknown');
  await upsertMeetings(platform, [{ ...meeting, daily_composed_video_s3_bucket: 'videos' }]);
  await upsertRecordings(platform, [recording]);
  expect(await bucket()).toBe('videos');
});

test('R3: a consent is added once, needs no meeting, and is never changed or taken back', async () => {
  const consent = {
    id: 'c',
    meeting_id: 'nobody-knows-it',
    consent_given: true,
    consent_timestamp: '2026-11-01T10:00:00Z',
  };
  expect(outcomes(await addMeetingConsents(platform, [consent]))).toEqual(['created']);
  expect(outcomes(await addMeetingConsents(platform, [consent]))).toEqual(['unchanged']);
  const changed = await addMeetingConsents(platform, [{ ...consent, consent_given: false }]);
  expect(changed.items[0]).toMatchObject({ outcome: 'refused', code: 'conflict' });
  for (const { sql } of [database, database.owner]) {
    await expect(sql`update meeting_consents set consent_given = false`).rejects.toThrow();
    await expect(sql`delete from meeting_consents`).rejects.toThrow();
    await expect(sql`truncate meeting_consents`).rejects.toThrow();
  }
});

test.each([
  ['no owner', null, null, 'a.wav'],
  ['two owners', 't', 'm', 'a.wav'],
  ['the key of an artifact', 't', null, 'media/a.wav'],
  ['the key of an archive', 't', null, 'Audit/a'],
  ['a file with two spellings', 't', null, 'local/a.wav'],
])('the database itself refuses a file with %s', async (_, transcriptId, meetingId, key) => {
  await upsertTranscripts(platform, [transcript({ id: 't' })]);
  await upsertMeetings(platform, [{ id: 'm', daily_composed_video_s3_key: null }]);
  const insert = database.sql`insert into anonymous_files (transcript_id, meeting_id, kind, object_key, location)
    values (${transcriptId}, ${meetingId}, 'audio_wav', ${key}, 'local')`;
  await expect(insert).rejects.toThrow(/violates check constraint/);
});
