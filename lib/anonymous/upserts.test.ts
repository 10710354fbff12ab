import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import type { Scenario } from '@/lib/retention/testing/scenario';
import { filesIn, mp3, openPlatform, outcomes, type Platform, transcript, wav } from './testing/platform';
import { upsertMeetings } from './upsert-meetings';
import { upsertRecordings } from './upsert-recordings';
import { upsertTranscripts } from './upsert-transcripts';

let opened: Platform;
let database: TestDatabase;
let s: Scenario;
let platform: Context;
let withStore: Context;
let store: Platform['store'];
beforeAll(async () => {
  opened = await openPlatform();
  ({ database, s, platform, withStore, store } = opened);
});
beforeEach(async () => {
  await opened.wipe();
});
afterAll(() => opened.close());

const files = () => filesIn(database);

describe('a transcript', () => {
  test('is created, unchanged when it is sent again, and updated when it says something else', async () => {
    expect(await upsertTranscripts(platform, [transcript()])).toMatchObject({
      created: 1,
      items: [{ index: 0, id: 't-1', outcome: 'created', filesKept: [] }],
    });
    s.clock.set('2026-11-21T10:00:00Z');
    expect(outcomes(await upsertTranscripts(platform, [transcript()]))).toEqual(['unchanged']);
    expect(outcomes(await upsertTranscripts(platform, [transcript({ title: 'New' })]))).toEqual(['updated']);
    // The whole record is replaced: what is left out is none.
    expect(outcomes(await upsertTranscripts(platform, [transcript()]))).toEqual(['updated']);
    const rows = await database.sql`select title, created_at, received_at, updated_at from transcripts`;
    expect(rows).toEqual([
      {
        title: null,
        created_at: '2026-11-01 10:00:00.123456+00',
        received_at: '2026-11-21 09:00:00+00',
        updated_at: '2026-11-21 10:00:00+00',
      },
    ]);
  });

  test('R3: has the files that were sent last; without any list they stay', async () => {
    await upsertTranscripts(platform, [transcript({ files: [wav, mp3] })]);
    const other = { kind: 'audio_waveform', object_key: 't-1/audio.json' };
    const moved = transcript({ audio_location: 'storage', files: [{ ...wav, size_bytes: 11 }, mp3, other] });
    expect(outcomes(await upsertTranscripts(platform, [moved]))).toEqual(['updated']);
    expect(outcomes(await upsertTranscripts(platform, [moved]))).toEqual(['unchanged']);
    const withoutFiles = transcript({ audio_location: 'storage', files: undefined });
    expect(outcomes(await upsertTranscripts(platform, [withoutFiles]))).toEqual(['unchanged']);
    const none = { bucket_name: null, state: 'present', owner: 't-1' };
    expect(await files()).toEqual([
      { ...none, kind: 'audio_wav', storage_key: 'local/t-1/audio.wav', size_bytes: 11 },
      { ...none, kind: 'audio_mp3', storage_key: 't-1/audio.mp3', size_bytes: null },
      { ...none, kind: 'audio_waveform', storage_key: 'local/t-1/audio.json', size_bytes: null },
    ]);
    expect(outcomes(await upsertTranscripts(platform, [{ ...moved, files: [] }]))).toEqual(['updated']);
    expect(await files()).toEqual([]);
  });

  test('L9: has its MP3 where audio_location says, also when no files are sent with it', async () => {
    await upsertTranscripts(platform, [transcript({ files: [wav, mp3] })]);
    const keys = async () => (await files()).map(({ storage_key }) => storage_key);
    const silent = transcript({ files: undefined });
    expect(await keys()).toEqual(['local/t-1/audio.wav', 'local/t-1/audio.mp3']);
    const moved = { ...silent, audio_location: 'storage' };
    expect(outcomes(await upsertTranscripts(platform, [moved]))).toEqual(['updated']);
    expect(await keys()).toEqual(['local/t-1/audio.wav', 't-1/audio.mp3']);
    // Left out it stays where it was, and so do the files.
    expect(outcomes(await upsertTranscripts(platform, [silent]))).toEqual(['unchanged']);
    expect(outcomes(await upsertTranscripts(platform, [{ ...silent, files: [wav, mp3] }]))).toEqual([
      'unchanged',
    ]);
    await database.sql`update anonymous_files set state = 'deleting' where kind = 'audio_mp3'`;
    await upsertTranscripts(platform, [{ ...silent, audio_location: 'local' }]);
    expect(await keys()).toEqual(['local/t-1/audio.wav', 't-1/audio.mp3']);
  });

  test('L9: that is new and nobody’s has to say its files, or that it has none; with an owner nothing goes', async () => {
    const silent = transcript({ files: undefined });
    expect((await upsertTranscripts(platform, [silent])).items[0]).toMatchObject({
      outcome: 'refused',
      code: 'invalid',
      errors: { files: expect.stringContaining('[] when there are none') },
    });
    expect(outcomes(await upsertTranscripts(platform, [{ ...silent, user_id: 'a' }]))).toEqual(['created']);
  });

  test('keeps files whose deletion failed or is done, and the answer says so', async () => {
    await upsertTranscripts(platform, [transcript({ files: [wav, mp3] })]);
    await database.sql`update anonymous_files set state = case kind when 'audio_wav' then 'deleted' else 'failed' end::artifact_state`;
    const { items } = await upsertTranscripts(withStore, [transcript({ files: [wav] })]);
    expect(items).toEqual([
      {
        index: 0,
        id: 't-1',
        outcome: 'unchanged',
        filesKept: [
          { kind: 'audio_wav', objectKey: 't-1/audio.wav', state: 'deleted' },
          { kind: 'audio_mp3', objectKey: 't-1/audio.mp3', state: 'failed' },
        ],
      },
    ]);
  });

  test('L9: has a file again that was deleted and then written anew, or of which the store says nothing', async () => {
    const key = 'again/audio.wav';
    const send = (ctx: Context) =>
      upsertTranscripts(ctx, [transcript({ files: [{ ...wav, object_key: key }] })]);
    const state = async () => {
      const [row] = await database.sql`select state, attempts, receipt_id from anonymous_files`;
      return [row?.state, row?.attempts, row?.receipt_id];
    };
    await send(platform);
    await database.sql`update anonymous_files set state = 'deleted', attempts = 2, receipt_id = gen_random_uuid()`;
    expect(outcomes(await send(withStore))).toEqual(['unchanged']);
    expect((await state())[0]).toBe('deleted');

    await store.storage.put(`local/${key}`, Buffer.from('rendered again'));
    expect((await send(withStore)).items).toMatchObject([{ outcome: 'updated', filesKept: [] }]);
    expect(await state()).toEqual(['present', 0, null]);

    await database.sql`update anonymous_files set state = 'deleted'`;
    await store.storage.delete([`local/${key}`]);
    await rm(path.join(store.root, '.lapse-store'));
    await send(withStore);
    await store.storage.prepare();
    expect((await state())[0]).toBe('present');
  });

  test('L9: a file that could not be deleted may move to another bucket, and keeps its attempts', async () => {
    const recording = { id: 'r', bucket_name: 'a', object_key: 'r.mp4', meeting_id: null, track_keys: null };
    await upsertRecordings(platform, [recording]);
    await database.sql`update anonymous_files set state = 'failed', attempts = 3`;
    expect((await upsertRecordings(platform, [{ ...recording, bucket_name: 'b' }])).items).toMatchObject([
      { outcome: 'updated', filesKept: [] },
    ]);
    const rows = await database.sql`select state, attempts, bucket_name from anonymous_files`;
    expect(rows).toEqual([{ state: 'failed', attempts: 3, bucket_name: 'b' }]);
  });

  test.each([
    ['its own file', { transcript_id: 't-1' }],
    ['its recording', { recording_id: 'r-1' }],
    ['the meeting of its recording', { meeting_id: 'm-1' }],
  ])(
    'L4, L7: that is being deleted (%s) takes what keeps it, and leaves nothing behind',
    async (_, owner) => {
      await upsertMeetings(platform, [{ id: 'm-1', daily_composed_video_s3_key: 'v.mp4' }]);
      const recording = {
        id: 'r-1',
        bucket_name: 'b',
        object_key: 'r.mp4',
        meeting_id: 'm-1',
        track_keys: null,
      };
      await upsertRecordings(platform, [recording]);
      await upsertTranscripts(platform, [transcript({ recording_id: 'r-1', files: [wav] })]);
      const [[column, id]] = Object.entries(owner) as [[string, string]];
      await database.sql`update anonymous_files set state = 'deleting' where ${database.sql(column)} = ${id}`;

      expect((await upsertTranscripts(platform, [transcript()])).items[0]).toMatchObject({
        outcome: 'refused',
        code: 'conflict',
        errors: { recording_id: expect.stringContaining('is being deleted right now') },
      });
      const done = await upsertTranscripts(platform, [
        transcript({ user_id: 'somebody', recording_id: 'r-1' }),
        transcript({ id: 't-2', recording_id: 'r-1' }),
      ]);
      expect(outcomes(done)).toEqual(['updated', 'created']);
      // Whoever sends it is told what goes all the same.
      const [first, second] = done.items.map((item) => item.outcome !== 'refused' && item.filesKept.length);
      expect([first, second]).toEqual([1, column === 'transcript_id' ? 0 : 1]);
      const [row] = await database.sql`select user_id from transcripts where id = 't-1'`;
      expect(row).toEqual({ user_id: 'somebody' });
      // With an owner it may leave its recording too: an owner is never turned away.
      expect(outcomes(await upsertTranscripts(platform, [transcript({ user_id: 'a' })]))).toEqual([
        'updated',
      ]);
    },
  );

  test('R2: that has got an owner is never made anonymous again', async () => {
    await upsertTranscripts(platform, [transcript()]);
    await upsertTranscripts(platform, [transcript({ user_id: 'a' })]);
    expect((await upsertTranscripts(platform, [transcript()])).items[0]).toMatchObject({
      outcome: 'refused',
      code: 'conflict',
      errors: { user_id: expect.stringContaining('never made anonymous') },
    });
    expect(outcomes(await upsertTranscripts(platform, [transcript({ user_id: 'b' })]))).toEqual(['updated']);
  });

  test.each([
    [{ id: '' }, 'id', /empty/],
    [{ id: 'a\nb' }, 'id', /control character/],
    [{ id: '.' }, 'id', /no address can name it/],
    [{ id: '..' }, 'id', /no address can name it/],
    [{ created_at: '9999-12-29T00:00:00Z' }, 'created_at', /lies in the future/],
    [{ created_at: '2026-11-22T10:00:00.001Z' }, 'created_at', /lies in the future/],
    [{ id: 'x'.repeat(201) }, 'id', /201 characters are too many/],
    [{ id: 7 }, 'id', /7 is not allowed: use a text of 1 to 200/],
    [{ user_id: undefined }, 'user_id', /or null when it is nobody’s/],
    [{ user_id: '' }, 'user_id', /empty/],
    [{ recording_id: undefined }, 'recording_id', /the id of its recording, or null when it has none/],
    [{ meeting_id: undefined }, 'meeting_id', /the id of its meeting, or null when it has none/],
    [{ source_kind: 'phone' }, 'source_kind', /"phone" is not allowed: use one of room, live, file/],
    [{ created_at: '2026-11-01' }, 'created_at', /use an instant with its zone/],
    [{ name: 'a\0' }, 'name', /NUL/],
    [{ duration: -1 }, 'duration', /-1 is not allowed: use seconds from 0/],
    [{ text: 'what was said' }, 'text', /no such field/],
    [{ files: [{ ...wav, object_key: 'media/x' }] }, 'files.0.object_key', /belong to challenges/],
    [{ files: [{ ...wav, object_key: 'Audit/x' }] }, 'files.0.object_key', /archives of Lapse/],
    [{ files: [{ ...wav, object_key: 'local/x' }] }, 'files.0.object_key', /local/],
    [{ files: [{ ...wav, object_key: '/media/x' }] }, 'files.0.object_key', /slash/],
    [{ files: [{ ...wav, object_key: 'a/../media/x' }] }, 'files.0.object_key', /“\.\.”/],
    [{ files: [{ ...wav, kind: 'recording' }] }, 'files.0.kind', /audio_wav, audio_mp3/],
    [{ files: [{ ...wav, size_bytes: 1.5 }] }, 'files.0.size_bytes', /1\.5 is not allowed/],
    [{ files: [wav, { ...wav, location: 'local' }] }, 'files', /stands twice/],
    [{ files: [mp3, { ...mp3, location: 'storage' }] }, 'files', /stands twice/],
  ])('is refused with the field and why (%#)', async (values, field, why) => {
    const done = await upsertTranscripts(platform, [transcript(values), transcript({ id: 'good' })]);
    expect(outcomes(done)).toEqual(['refused', 'created']);
    expect(done.items[0]).toMatchObject({
      code: 'invalid',
      errors: { [field]: expect.stringMatching(why) },
    });
  });
});
