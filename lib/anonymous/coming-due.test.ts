import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { loadOverview } from './load-overview';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  const { sql } = database;
  await sql`insert into public_policies (id, public_mode, retention_days, in_force_from, recorded_by_actor)
    values (gen_random_uuid(), true, 7, '2026-11-10T00:00:00Z', '{}')`;
  await sql`insert into recordings (id, bucket_name, object_key, meeting_id, received_at, updated_at)
    values ('r', 'b', 'k', 'm', now(), now())`;
  await sql`insert into meetings (id, received_at, updated_at) values ('m', now(), now())`;
  await sql`insert into transcripts (id, user_id, created_at, source_kind, recording_id, received_at, updated_at) values
    ('due', null, '2026-11-12T00:00:00Z', 'room', 'r', now(), now()),
    ('soon', null, '2026-11-16T12:00:00Z', 'room', 'r', now(), now()),
    ('old', null, '2025-01-01T00:00:00Z', 'file', null, now(), now()),
    ('far', null, '2027-05-01T00:00:00Z', 'file', null, now(), now()),
    ('owned', 'u', '2026-11-12T00:00:00Z', 'live', null, now(), now()),
    ('timeless', null, null, 'live', null, now(), now())`;
  await sql`insert into anonymous_files (transcript_id, recording_id, kind, object_key, location, size_bytes, state) values
    ('due', null, 'audio_wav', 'due/audio.wav', 'local', 100, 'present'),
    ('due', null, 'audio_mp3', 'due/audio.mp3', 'local', null, 'failed'),
    ('due', null, 'audio_waveform', 'due/audio.json', 'local', 7, 'deleted'),
    ('soon', null, 'audio_wav', 'soon/audio.wav', 'local', 10, 'present'),
    (null, 'r', 'recording', 'k', 'storage', 5000000000, 'present'),
    ('owned', null, 'audio_wav', 'owned/audio.wav', 'local', 1, 'present')`;
});
afterAll(() => database.close());

const nothing = { transcripts: 0, recordings: 0, meetings: 0, files: 0, bytes: 0, filesOfUnknownSize: 0 };

test('R2, R3: says what falls due by when; a recording and its meeting go with the last transcript', async () => {
  const auditor = s.as(await s.person({ role: 'auditor' }));
  expect((await loadOverview(auditor)).coming).toEqual({
    now: { ...nothing, transcripts: 1, files: 2, bytes: 100, filesOfUnknownSize: 1 },
    days: [
      {
        day: '2026-11-23',
        ...nothing,
        transcripts: 1,
        recordings: 1,
        meetings: 1,
        files: 2,
        bytes: 5_000_000_010,
      },
      // The policy covers what was there before it from its fifteenth day on.
      { day: '2026-11-24', ...nothing, transcripts: 1 },
    ],
    later: { ...nothing, transcripts: 1 },
    heldBack: {},
    never: { owned: 1, 'no-creation-time': 1 },
    withPolicy: { ...nothing, transcripts: 1 },
  });
});

test('L8: hosts see nothing of it, and the refusal stands in the log', async () => {
  const host = s.as(await s.person());
  await expect(loadOverview(host)).rejects.toMatchObject({ code: 'forbidden' });
  const events = await database.sql`select action, result from audit_events where target = 'anonymous-data'`;
  expect(events).toEqual([{ action: 'access.refuse', result: 'error' }]);
});
