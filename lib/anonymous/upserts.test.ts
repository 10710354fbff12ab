import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { permissionsOfScopes, type Scope } from '@/lib/tokens/scopes';
import { addMeetingConsents } from './add-meeting-consents';
import { upsertMeetings } from './upsert-meetings';
import { upsertRecordings } from './upsert-recordings';
import { upsertTranscripts } from './upsert-transcripts';

let database: TestDatabase;
let s: Scenario;
let platform: Context;
/** Most of them need no store. */
let withStore: Context;
let store: Awaited<ReturnType<typeof createTemporaryStorage>>;
beforeAll(async () => {
  [database, store] = await Promise.all([createTestDatabase(), createTemporaryStorage()]);
  s = scenario(database);
  platform = s.as(token('anonymous-data:write'));
  withStore = { ...platform, storage: store.storage };
});
beforeEach(async () => {
  await database.owner.sql`truncate anonymous_files, transcripts, recordings, meetings`;
});
afterAll(async () => {
  await database.close();
  await store.remove();
});

const token = (scope: Scope): Context['actor'] => ({
  type: 'token',
  tokenId: '01990000-0000-7000-8000-000000000001',
  name: 'platform',
  permissions: permissionsOfScopes([scope]),
  actsFor: null,
});

const transcript = (values: object = {}) => ({
  id: 't-1',
  user_id: null,
  created_at: '2026-11-01T10:00:00.123456Z',
  source_kind: 'room',
  recording_id: null,
  meeting_id: null,
  files: [],
  ...values,
});
const outcomes = ({ items }: { items: { outcome: string }[] }) => items.map(({ outcome }) => outcome);
const files = () => database.sql`
  select coalesce(transcript_id, recording_id, meeting_id) as owner, kind, storage_key, bucket_name, size_bytes::int, state
  from anonymous_files order by 1, 2, 3`;
const wav = { kind: 'audio_wav', object_key: 't-1/audio.wav', size_bytes: 10 };
const mp3 = { kind: 'audio_mp3', object_key: 't-1/audio.mp3' };

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
    const recording = { id: 'r', bucket_name: 'a', object_key: 'r.mp4', meeting_id: null };
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
      const recording = { id: 'r-1', bucket_name: 'b', object_key: 'r.mp4', meeting_id: 'm-1' };
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

test('R3: of a recording its object is a file, of a multitrack one each track, in the bucket it names', async () => {
  const recording = { id: 'r', bucket_name: 'b', object_key: 'r.mp4', meeting_id: null };
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
  [{ meeting_id: undefined }, 'meeting_id', /or null when it has none/],
])('a recording is refused with the field and why (%#)', async (values, field, why) => {
  const recording = { id: 'r', bucket_name: 'b', object_key: 'r.mp4', meeting_id: null, ...values };
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
  expect(outcomes(await upsertMeetings(platform, [{ id: 'm', room_name: 'Room' }]))).toEqual(['updated']);
  expect(await files()).toEqual([]);
});

test('L9: the video of a meeting lies in the bucket that is named, else in that of its recordings, else in an unknown one', async () => {
  const meeting = { id: 'm', daily_composed_video_s3_key: 'v.mp4' };
  const recording = { id: 'r', bucket_name: 'daily', object_key: 'r.mp4', meeting_id: 'm' };
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

test('the same id twice in a request is refused the second time, and too many records all together', async () => {
  expect(outcomes(await upsertTranscripts(platform, [transcript(), transcript({ name: 'b' })]))).toEqual([
    'created',
    'refused',
  ]);
  for (const count of [0, 1001]) {
    const many = Array.from({ length: count }, (_, index) => transcript({ id: `t${index}` }));
    await expect(upsertTranscripts(platform, many)).rejects.toThrow('send 1 to 1000 at once');
  }
});

test('records that name too many files are refused all together', async () => {
  const track_keys = Array.from({ length: 1000 }, (_, index) => `r/${index}`);
  const many = Array.from({ length: 21 }, (_, index) => ({
    ...{ id: `r-${index}`, bucket_name: 'b', object_key: '', meeting_id: null, track_keys },
  }));
  await expect(upsertRecordings(platform, many)).rejects.toThrow('21000 files are not allowed');
  expect(await database.sql`select id from recordings`).toEqual([]);
});

test('a thousand come in one request, and two such requests at once do not stand in each other’s way', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => transcript({ id: `t${index}`, files: [wav] }));
  const done = await Promise.all([
    upsertTranscripts(platform, many),
    upsertTranscripts(platform, many.toReversed()),
  ]);
  expect(done.map(({ created }) => created).reduce((sum, count) => sum + count)).toBe(1000);
  expect(done.map(({ unchanged }) => unchanged).reduce((sum, count) => sum + count)).toBe(1000);
});

test('L4: of an owner and nobody that arrive at once the owner stays', async () => {
  for (const id of ['a', 'b', 'c', 'd']) {
    await Promise.all([
      upsertTranscripts(platform, [transcript({ id, user_id: 'somebody' })]),
      upsertTranscripts(platform, [transcript({ id })]),
    ]);
  }
  const rows = await database.sql`select count(*)::int as count from transcripts where user_id = 'somebody'`;
  expect(rows).toEqual([{ count: 4 }]);
});

test.each([
  ['no owner', null, null, 'a.wav'],
  ['two owners', 't', 'm', 'a.wav'],
  ['the key of an artifact', 't', null, 'media/a.wav'],
  ['the key of an archive', 't', null, 'Audit/a'],
  ['a file with two spellings', 't', null, 'local/a.wav'],
])('the database itself refuses a file with %s', async (_, transcriptId, meetingId, key) => {
  await upsertTranscripts(platform, [transcript({ id: 't' })]);
  await upsertMeetings(platform, [{ id: 'm' }]);
  const insert = database.sql`insert into anonymous_files (transcript_id, meeting_id, kind, object_key, location)
    values (${transcriptId}, ${meetingId}, 'audio_wav', ${key}, 'local')`;
  await expect(insert).rejects.toThrow(/violates check constraint/);
});

test('L8: each request is one audit event with its counts, and so is each refusal', async () => {
  await database.sql`select 1`;
  const target = 'anonymous-data:meetings';
  const [before] = await database.sql<{ id: string }[]>`select max(id::text) as id from audit_events`;
  await upsertMeetings(platform, [{ id: 'm-1' }, { id: 'm-2' }, { id: '' }]);
  const refused = [
    await s.person(),
    await s.person({ role: 'auditor' }),
    token('reports:read'),
    { type: 'anonymous' } as const,
  ];
  for (const actor of refused) {
    await expect(upsertMeetings(s.as(actor), [{ id: 'm-3' }])).rejects.toMatchObject({ code: 'forbidden' });
  }
  const admin = s.as(await s.person({ role: 'admin' }));
  expect(outcomes(await upsertMeetings(admin, [{ id: 'm-1' }]))).toEqual(['unchanged']);
  const events = await database.sql`
    select action, result, new_value from audit_events
    where target = ${target} and id::text > ${before!.id} order by id`;
  const counts = { received: 3, created: 2, updated: 0, unchanged: 0, refused: 1 };
  const createdIds = ['m-1', 'm-2'];
  const action = 'anonymous-data.receive';
  expect(events).toEqual([
    { action, result: 'success', new_value: { ...counts, createdIds } },
    ...refused.map(() => ({ action, result: 'error', new_value: null })),
    {
      action,
      result: 'success',
      new_value: { ...counts, received: 1, created: 0, unchanged: 1, refused: 0 },
    },
  ]);
});

test('L8: the event names what is new, and what has changed of what decides over the rest', async () => {
  const recording = { id: 'r', bucket_name: 'a', object_key: 'r.mp4', meeting_id: null };
  await upsertRecordings(platform, [recording]);
  await upsertTranscripts(platform, [
    transcript({ recording_id: 'r', files: [wav, mp3] }),
    transcript({ id: 'same' }),
  ]);
  const older = { created_at: '2025-11-01T10:00:00Z', user_id: 'ada', recording_id: null };
  const json = { kind: 'audio_waveform', object_key: 't-1/audio.json' };
  await upsertTranscripts(platform, [
    transcript({ ...older, files: [{ ...wav, size_bytes: 11 }, json] }),
    transcript({ id: 'same', title: 'A title decides nothing' }),
    transcript({ id: 'new' }),
  ]);
  await upsertRecordings(platform, [{ ...recording, bucket_name: 'b' }]);
  const events = await database.sql`
    select new_value from audit_events where action = 'anonymous-data.receive' order by id desc limit 2`;
  expect(events.map(({ new_value }) => new_value)).toEqual([
    {
      ...{ received: 1, created: 0, updated: 1, unchanged: 0, refused: 0 },
      changes: [{ id: 'r', fields: { bucket_name: { old: 'a', new: 'b' } }, files: { changed: ['r.mp4'] } }],
    },
    {
      ...{ received: 3, created: 1, updated: 2, unchanged: 0, refused: 0 },
      createdIds: ['new'],
      changes: [
        {
          id: 't-1',
          fields: {
            user_id: { old: null, new: 'ada' },
            created_at: { old: '2026-11-01T10:00:00.123456Z', new: '2025-11-01T10:00:00.000000Z' },
            recording_id: { old: 'r', new: null },
          },
          files: {
            added: ['local/t-1/audio.json'],
            changed: ['local/t-1/audio.wav'],
            removed: ['local/t-1/audio.mp3'],
          },
        },
      ],
    },
  ]);
});
