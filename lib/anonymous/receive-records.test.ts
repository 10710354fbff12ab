import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import type { Scenario } from '@/lib/retention/testing/scenario';
import { mp3, openPlatform, outcomes, type Platform, tokenWith, transcript, wav } from './testing/platform';
import { upsertMeetings } from './upsert-meetings';
import { upsertRecordings } from './upsert-recordings';
import { upsertTranscripts } from './upsert-transcripts';

let opened: Platform;
let database: TestDatabase;
let s: Scenario;
let platform: Context;
beforeAll(async () => {
  opened = await openPlatform();
  ({ database, s, platform } = opened);
});
beforeEach(async () => {
  await opened.wipe();
});
afterAll(() => opened.close());

test('L4: what stands twice in a request is refused both times, also when one of them is wrong; the others are stored', async () => {
  for (const second of [{ user_id: 'somebody' }, { user_id: 'somebody', source_kind: 'nothing' }]) {
    const sent = [transcript(), transcript({ id: 'other' }), transcript(second)];
    expect(outcomes(await upsertTranscripts(platform, sent))).toMatchObject([
      'refused',
      expect.stringMatching(/created|unchanged/),
      'refused',
    ]);
  }
  expect(await database.sql`select id from transcripts`).toEqual([{ id: 'other' }]);
});

test('too many records are refused all together', async () => {
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

test('L8: each request is one audit event with its counts, and so is each refusal', async () => {
  await database.sql`select 1`;
  const target = 'anonymous-data:meetings';
  const [before] = await database.sql<{ id: string }[]>`select max(id::text) as id from audit_events`;
  await upsertMeetings(platform, [
    { id: 'm-1', daily_composed_video_s3_key: null },
    { id: 'm-2', daily_composed_video_s3_key: null },
    { id: '', daily_composed_video_s3_key: null },
  ]);
  const refused = [
    await s.person(),
    await s.person({ role: 'auditor' }),
    tokenWith('reports:read'),
    { type: 'anonymous' } as const,
  ];
  for (const actor of refused) {
    await expect(
      upsertMeetings(s.as(actor), [{ id: 'm-3', daily_composed_video_s3_key: null }]),
    ).rejects.toMatchObject({ code: 'forbidden' });
  }
  const admin = s.as(await s.person({ role: 'admin' }));
  expect(outcomes(await upsertMeetings(admin, [{ id: 'm-1', daily_composed_video_s3_key: null }]))).toEqual([
    'unchanged',
  ]);
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
  const recording = { id: 'r', bucket_name: 'a', object_key: 'r.mp4', meeting_id: null, track_keys: null };
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

test('L8: what is too much for one event is told in several, and nothing of it is left out', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => `long-${index}`);
  const sent = (folder: string) =>
    upsertTranscripts(
      platform,
      ids.map((id) =>
        transcript({ id, files: [{ ...wav, object_key: `${'k'.repeat(900)}/${folder}/${id}` }] }),
      ),
    );
  await sent('one');
  const target = 'anonymous-data:transcripts';
  const [last] = await database.sql`
    select id from audit_events where target = ${target} order by id desc limit 1`;
  await sent('two');
  const events = await database.sql<{ value: { part: number; parts: number; changes: { id: string }[] } }[]>`
    select new_value as value from audit_events where target = ${target} and id > ${last!.id}
    order by new_value->'part'`;
  const values = events.map(({ value }) => value);
  expect(values.length).toBeGreaterThan(5);
  expect(values.map(({ part, parts }) => [part, parts])).toEqual(
    values.map((_, index) => [index + 1, values.length]),
  );
  expect(values[0]).toMatchObject({ received: 200, updated: 200 });
  expect(values.flatMap(({ changes }) => changes.map(({ id }) => id))).toEqual(ids);
  for (const value of values) expect(JSON.stringify(value).length).toBeLessThan(40_000);
});
