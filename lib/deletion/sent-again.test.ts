import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { listRecords } from '@/lib/anonymous/list-records';
import { loadOverview } from '@/lib/anonymous/load-overview';
import { receivedDocument } from '@/lib/anonymous/received';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { upsertMeetings } from '@/lib/anonymous/upsert-meetings';
import { upsertRecordings } from '@/lib/anonymous/upsert-recordings';
import { upsertTranscripts } from '@/lib/anonymous/upsert-transcripts';
import { addDays } from '@/lib/platform/clock';
import { NOW } from './testing/cleanup-world';
import { refusing } from './testing/wrapped-storage';

/* A platform that does not hear of a deletion sends what is gone once more. */

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  w.world.clock.set(NOW);
  await w.policy();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const RECORDING = { id: 'r', bucket_name: 'folder', object_key: 'r.mp4', meeting_id: null, track_keys: null };

test('R3: a recording that is sent again after it went stays, and is counted and named as one without a transcript', async () => {
  await w.recording('r');
  await w.transcript('t', { recording: 'r', files: ['wav'] });
  await w.cleanUp();
  expect(await w.ids()).toEqual({ transcripts: [], recordings: [], meetings: [] });

  const again = await upsertRecordings(w.world.admin, [RECORDING]);
  expect(again).toMatchObject({ created: 1, items: [{ deletedAt: NOW }] });
  await w.world.storage.put('r.mp4', Buffer.alloc(10));
  const { kept } = await loadOverview(w.world.admin);
  expect(kept.unreferred).toEqual({ recordings: 1, meetings: 0 });
  const { records } = await listRecords(w.world.admin, { kind: 'recordings' });
  expect(records).toMatchObject([
    { id: 'r', retention: { reason: 'no-transcript', may_go_from: null }, files: [{ state: 'present' }] },
  ]);
  expect(await w.preview()).toMatchObject({ transcripts: 0, files: 0 });
  expect(await w.world.objects()).toEqual(['r.mp4']);

  // With a transcript it goes as before, object and all.
  await w.transcript('again', { recording: 'r', files: [] });
  expect((await w.cleanUp()).counts).toMatchObject({
    transcriptsDeleted: 1,
    recordingsDeleted: 1,
    deleted: 1,
  });
  expect(await w.world.objects()).toEqual([]);
});

test('L9: an object that is written anew while the rest of its transcript is still to go, is found before the rows go', async () => {
  await w.recording('r');
  const [wav, mp3] = await w.transcript('t', { recording: 'r', files: ['wav', 'mp3'] });
  const failing = await w.cleanUp(refusing(w.world.storage, (key) => key === mp3));
  expect(failing.counts).toMatchObject({ deleted: 2, failed: 1 });
  // The platform says nothing of it.
  await w.world.storage.put(String(wav), Buffer.alloc(20));
  w.world.clock.set(addDays(NOW, 1));
  expect((await w.cleanUp()).counts).toMatchObject({
    deleted: 1,
    transcriptsDeleted: 0,
    recordingsDeleted: 0,
  });
  expect(await w.world.objects()).toEqual([wav]);
  expect((await w.cleanUp()).counts).toMatchObject({
    deleted: 1,
    transcriptsDeleted: 1,
    recordingsDeleted: 1,
  });
  expect(await w.world.objects()).toEqual([]);
});

test('L9: and so is one of a transcript of which only the rows are left', async () => {
  const [key] = await w.transcript('t', { files: ['wav'] });
  const { sql } = w.world.database.owner;
  await sql.unsafe(`create function refuse_t() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger refuse_t before delete on transcripts for each row execute function refuse_t()`);
  await w.cleanUp();
  await sql.unsafe('drop trigger refuse_t on transcripts; drop function refuse_t');
  await w.world.storage.put(String(key), Buffer.alloc(20));
  expect((await w.cleanUp()).counts).toMatchObject({ transcriptsDeleted: 0 });
  expect((await w.cleanUp()).counts).toMatchObject({ deleted: 1, transcriptsDeleted: 1 });
  expect(await w.world.objects()).toEqual([]);
});

test('R4, E12: transcripts that are sent again after they went stop no run: what is absent was deleted here before', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);
  const records = ids.map((id) => ({
    ...{ id, user_id: null, created_at: addDays(NOW, -9).toISOString(), source_kind: 'room' },
    ...{ recording_id: null, meeting_id: null },
    files: [{ kind: 'audio_wav', object_key: `${id}/audio.wav`, size_bytes: 10 }],
  }));
  const send = () => upsertTranscripts(w.world.admin, records);
  await send();
  for (const id of ids) await w.world.storage.put(`local/${id}/audio.wav`, Buffer.alloc(10));
  expect((await w.cleanUp()).counts).toMatchObject({ transcriptsDeleted: 30, deleted: 30 });

  expect(await send()).toMatchObject({ created: 30, items: ids.map(() => ({ deletedAt: NOW })) });
  await w.transcript('new');
  const { run, counts } = await w.cleanUp();
  expect(run.state).toBe('succeeded');
  expect(counts).toMatchObject({
    transcriptsDeleted: 31,
    deleted: 3,
    alreadyAbsent: 30,
    firstTriedAbsent: 0,
  });

  // Files that were never here are another matter.
  await upsertTranscripts(
    w.world.admin,
    records.map((record) => ({
      ...record,
      files: [{ kind: 'audio_wav', object_key: `elsewhere/${record.id}.wav`, size_bytes: 10 }],
    })),
  );
  expect((await w.cleanUp()).run).toMatchObject({
    state: 'stopped',
    summary: expect.stringContaining('30 of 30 files are not in the folder'),
  });
});

test('R1, L7: whoever sends what is gone is told when it went, an owner as well, in the words of the API', async () => {
  await w.meeting('m');
  await w.recording('r', { meeting: 'm' });
  await w.transcript('t', { recording: 'r', files: ['wav'] });
  await w.transcript('bare', { files: [] });
  await w.cleanUp();
  w.world.clock.set(addDays(NOW, 1));

  const transcript = {
    created_at: null,
    source_kind: 'room',
    recording_id: 'r',
    meeting_id: null,
    files: [],
  };
  const send = async () =>
    receivedDocument(
      await upsertTranscripts(w.world.admin, [
        { ...transcript, id: 't', user_id: 'ada' },
        { ...transcript, id: 'bare', user_id: null },
        { ...transcript, id: 'never-was', user_id: null },
      ]),
    ).items;
  const deleted = { deleted_at: NOW.toISOString() };
  expect(await send()).toEqual([
    { index: 0, id: 't', outcome: 'created', ...deleted },
    { index: 1, id: 'bare', outcome: 'created', ...deleted },
    { index: 2, id: 'never-was', outcome: 'created' },
  ]);
  // It is here again, and nothing of it went since.
  expect(await send()).toEqual([
    { index: 0, id: 't', outcome: 'unchanged' },
    { index: 1, id: 'bare', outcome: 'unchanged' },
    { index: 2, id: 'never-was', outcome: 'unchanged' },
  ]);
  const video = { id: 'm', daily_composed_video_s3_key: null };
  expect((await upsertMeetings(w.world.admin, [video])).items).toMatchObject([{ deletedAt: NOW }]);
});
