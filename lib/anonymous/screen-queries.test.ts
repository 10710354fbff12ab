import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { countAnonymousHolds, listAnonymousHolds } from './list-anonymous-holds';
import { listPolicies } from './list-policies';
import { type ListTranscriptsInput, listTranscripts } from './list-transcripts';
import { loadOverview } from './load-overview';
import { loadTranscript } from './load-transcript';
import { fillScreenData } from './testing/screen-data';

// The clock of the scenario stands at 21 November 2026, 09:00 UTC.
let database: TestDatabase;
let s: Scenario;
let auditor: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  auditor = s.as(await s.person({ role: 'auditor' }));
  await fillScreenData(database);
});
afterAll(() => database.close());

const ids = async (input: ListTranscriptsInput) =>
  (await listTranscripts(auditor, input)).transcripts.map(({ id }) => id);

describe('the list of transcripts', () => {
  test('R2: the oldest first, last those of unknown age, with what is decided about each', async () => {
    const { transcripts, nextCursor } = await listTranscripts(auditor);
    expect(transcripts.map(({ id, reason }) => [id, reason])).toEqual([
      ['held', 'held'],
      ['owned', 'owned'],
      ['due-1', 'due'],
      ['due-2', 'due'],
      ['waiting', 'policy-too-new'],
      ['young', 'not-old-enough'],
      ['timeless-1', 'no-creation-time'],
      ['timeless-2', 'no-creation-time'],
    ]);
    expect(transcripts[2]).toMatchObject({ files: 2, bytes: 100, filesOfUnknownSize: 1 });
    expect(nextCursor).toBeNull();
  });

  test('O6: pages lose and repeat nothing, within a microsecond and among those of unknown age', async () => {
    for (const limit of [1, 2, 3, 7]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await listTranscripts(auditor, { limit, ...(cursor !== null && { cursor }) });
        seen.push(...page.transcripts.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(await ids({}));
    }
  });

  test('is filtered by reason, by owner, by words and by what is shared', async () => {
    expect(await ids({ reason: 'due' })).toEqual(['due-1', 'due-2']);
    expect(await ids({ reason: 'owned' })).toEqual(['owned']);
    expect(await ids({ reason: 'owned', owned: false })).toEqual([]);
    expect(await ids({ owned: true })).toEqual(['owned']);
    expect(await ids({ owned: false, reason: 'held' })).toEqual(['held']);
    expect(await ids({ sharing: true })).toEqual(['owned', 'due-1']);
    expect(await ids({ failing: true })).toEqual(['owned', 'due-1']);
    expect(await ids({ words: 'PLAN' })).toEqual(['owned']);
    expect(await ids({ words: '100%' })).toEqual(['due-1']);
    expect(await ids({ words: '%' })).toEqual(['due-1']);
    expect(await ids({ words: 'young' })).toEqual(['young']);
  });

  test('R4: those that are due and that no run takes look like what stays, and are found by why', async () => {
    const { sql } = database;
    await sql`insert into anonymous_files (transcript_id, kind, object_key, location, bucket_name)
      values ('due-2', 'audio_mp3', 'due-2/audio.mp3', 'storage', 'somebody-elses')`;
    try {
      const { transcripts } = await listTranscripts(auditor, { reason: 'due' });
      expect(transcripts.map(({ id, heldBack }) => [id, heldBack])).toEqual([
        ['due-1', null],
        ['due-2', 'other-bucket'],
      ]);
      expect(await ids({ heldBack: 'other-bucket' })).toEqual(['due-2']);
      expect(await ids({ heldBack: 'shared-object' })).toEqual([]);
    } finally {
      await sql`delete from anonymous_files where object_key = 'due-2/audio.mp3'`;
    }
  });

  test.each(['x', 'bnVsbA', Buffer.from('["2026-11-01",""]').toString('base64url')])(
    'refuses the place %s',
    async (cursor) => {
      await expect(listTranscripts(auditor, { cursor })).rejects.toMatchObject({ code: 'invalid' });
    },
  );
});

test('R2, R3: counts what stays by reason, and what a transcript that stays keeps of another', async () => {
  expect((await loadOverview(auditor)).kept).toEqual({
    byReason: {
      due: 2,
      held: 1,
      owned: 1,
      'policy-too-new': 1,
      'not-old-enough': 1,
      'no-creation-time': 2,
    },
    total: 8,
    owned: 1,
    shared: { recordings: 0, meetings: 1 },
    unreferred: { recordings: 1, meetings: 0 },
    failedFiles: 1,
    ifSwitchedOn: { from: new Date('2026-12-05T09:00:00Z'), transcripts: 4 },
  });
});

test('L3: the holds on anonymous data are found by state and matter, each with the transcript that it stands on', async () => {
  await database.sql`insert into anonymous_holds (id, transcript_id, matter, reason, placed_by_actor, placed_at,
      released_by_actor, released_at, release_reason)
    values (gen_random_uuid(), null, '100% of it', 'for a while', '{"type":"cli","osUser":"root"}', '2026-10-01T00:00:00Z',
      '{"type":"cli","osUser":"root"}', '2026-10-02T00:00:00Z', 'over')`;
  const list = async (input: object) => {
    const { holds, total } = await listAnonymousHolds(auditor, input);
    return { matters: holds.map(({ matter }) => matter), total };
  };
  expect(await list({})).toEqual({ matters: ['Case 7', '100% of it'], total: 2 });
  expect(await list({ limit: 1 })).toEqual({ matters: ['Case 7'], total: 2 });
  expect(await list({ state: 'released' })).toEqual({ matters: ['100% of it'], total: 1 });
  expect(await list({ state: 'active', matter: 'CASE' })).toEqual({ matters: ['Case 7'], total: 1 });
  expect(await list({ matter: '0%' })).toEqual({ matters: ['100% of it'], total: 1 });
  expect(await list({ transcriptId: 'owned' })).toEqual({ matters: ['100% of it'], total: 1 });
  const [onOne, onAll] = (await listAnonymousHolds(auditor)).holds;
  expect(onOne).toMatchObject({ transcriptId: 'held', transcriptName: null, releasedAt: null });
  expect(onAll).toMatchObject({
    transcriptId: null,
    releaseReason: 'over',
    releasedBy: 'root, on the server',
  });
  expect(await countAnonymousHolds(auditor)).toEqual({ active: 1, released: 1 });
});

test('the history of policies says when each was in force, and when it covers what is older', async () => {
  const [latest, before] = await listPolicies(auditor);
  expect(latest).toMatchObject({
    retentionDays: 7,
    inForceUntil: null,
    coversOldFrom: new Date('2026-11-29T00:00:00Z'),
    recordedBy: 'root, on the server',
  });
  expect(before).toMatchObject({ retentionDays: 14, inForceUntil: new Date('2026-11-15T00:00:00Z') });
});

describe('one transcript', () => {
  const load = async (id: string) => {
    const found = await loadTranscript(auditor, { id });
    if (!('transcript' in found)) throw new Error(`${id} is gone`);
    return found.transcript;
  };

  test('R3: has its recording, the meeting of that, their files, consents and siblings', async () => {
    const due = await load('due-1');
    expect(due).toMatchObject({
      reason: 'due',
      recording: { id: 'r', isHere: true, tracks: 2 },
      meetings: [{ id: 'm', isHere: true, roomName: 'Town hall' }],
    });
    expect(due.files).toMatchObject({ total: 5, failed: 1 });
    expect(due.files.shown.map(({ of, kind, state }) => [of, kind, state])).toEqual([
      ['transcript', 'audio_wav', 'present'],
      ['transcript', 'audio_mp3', 'present'],
      ['transcript', 'audio_waveform', 'deleted'],
      ['recording', 'recording', 'present'],
      ['meeting', 'composed_video', 'failed'],
    ]);
    expect(due.siblings).toEqual({
      shown: [
        {
          id: 'owned',
          name: 'Planning',
          shares: ['meeting'],
          reason: 'owned',
          mayGoFrom: null,
          heldBack: null,
        },
      ],
      total: 1,
    });
    expect(due.consents).toMatchObject({ shown: [{ id: 'c', given: true, userId: null }], total: 1 });
    expect((await load('owned')).siblings.shown.map(({ id }) => id)).toEqual(['due-1']);
  });

  test('R3: says that what it names never came, and names both meetings where it has two', async () => {
    const { sql } = database;
    await sql`insert into recordings (id, bucket_name, object_key, meeting_id, received_at, updated_at)
      values ('r2', 'b', 'k3', 'other', now(), now())`;
    await sql`insert into transcripts (id, user_id, created_at, source_kind, recording_id, meeting_id, received_at, updated_at) values
      ('two', null, '2026-11-20T00:00:00Z', 'room', 'r2', 'm', now(), now()),
      ('alone', null, '2026-11-20T00:00:00Z', 'room', 'never-came', null, now(), now())`;
    try {
      expect((await load('two')).meetings).toEqual([
        { id: 'm', isHere: true, roomName: 'Town hall' },
        { id: 'other', isHere: false, roomName: null },
      ]);
      expect((await load('alone')).recording).toEqual({ id: 'never-came', isHere: false, tracks: null });
    } finally {
      await sql`delete from transcripts where id in ('two', 'alone')`;
      await sql`delete from recordings where id = 'r2'`;
    }
  });

  test('of more than 200 files the page knows how many there are, and shows those that failed', async () => {
    const { sql } = database;
    await sql`insert into anonymous_files (transcript_id, kind, object_key, location, state)
      select 'young', 'track', 'young/' || n, 'storage', case n when 250 then 'failed' else 'present' end::artifact_state
      from generate_series(1, 250) n`;
    try {
      const { files } = await load('young');
      expect(files).toMatchObject({ total: 250, failed: 1 });
      expect(files.shown).toHaveLength(200);
      expect(files.shown.at(-1)).toMatchObject({ objectKey: 'young/250', state: 'failed' });
    } finally {
      await sql`delete from anonymous_files where transcript_id = 'young'`;
    }
  });

  test('L3: one under a hold never goes', async () => {
    expect(await load('held')).toMatchObject({ reason: 'held', mayGoFrom: null });
  });

  test('one that never was is not found', async () => {
    await expect(loadTranscript(auditor, { id: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(loadTranscript(auditor, { id: 'a\0b' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('L8: hosts see nothing of all this, and each refusal stands in the log', async () => {
  const host = s.as(await s.person());
  const asked = [
    () => listTranscripts(host),
    () => loadOverview(host),
    () => listPolicies(host),
    () => loadTranscript(host, { id: 'due-1' }),
    () => listAnonymousHolds(host),
    () => countAnonymousHolds(host),
  ];
  for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'forbidden' });
  const [row] =
    await database.sql`select count(*)::int as count from audit_events where action = 'access.refuse'`;
  expect(row).toEqual({ count: 6 });
});
