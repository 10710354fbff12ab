import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { placeAnonymousHold } from '@/lib/anonymous/anonymous-holds';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { upsertTranscripts } from '@/lib/anonymous/upsert-transcripts';
import { addDays } from '@/lib/platform/clock';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { RoutedStorage } from '@/lib/platform/storage/routed-storage';
import { readCounts } from './counts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupProcesses, type StandsAt } from './testing/cleanup-process';
import { NOW } from './testing/cleanup-world';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';
import { type Place, Standstill } from './testing/standstill';
import { WrappedStorage } from './testing/wrapped-storage';

let w: AnonymousWorld;
let standstill: Standstill;
let processes: CleanupProcesses;
beforeAll(async () => {
  w = await AnonymousWorld.open();
  standstill = await Standstill.install(w.world);
  processes = new CleanupProcesses(w.world);
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  await w.policy();
  await w.world.set('cleanup.batch-size', 1000);
});
afterEach(() => {
  vi.unstubAllEnvs();
  processes.killAll();
});
afterAll(() => w.close());

const hold = (transcriptId: string | null) =>
  placeAnonymousHold(w.world.admin, { transcriptId, matter: 'Case 7', reason: 'a court asked' });
const run = async (jobRunId: string, storage = w.world.storage) => {
  const done = await runCleanupToEnd(w.world.job(storage), { jobRunId });
  return { run: done, counts: readCounts(done.counts) };
};

/** Where the process dies, in the first batch of four files unless it says otherwise. */
const DEATHS: [string, StandsAt | Place][] = [
  ['before it looks at the store', 'look'],
  ['in the claim, before its commit', 'claim'],
  ['after the claim, before the store', 0],
  ['half way through the store', 2],
  ['after the store, before it looks again', 'verify'],
  ['in the record, before its commit', 'record'],
  ['while the rows go, before the commit', 'rows'],
  ['after the last record, before it finishes', 'finish'],
];

test.each(DEATHS)(
  'L9: killed %s, the run goes on, loses nothing and repeats nothing',
  async (_name, at) => {
    await w.world.set('cleanup.batch-size', 4);
    await w.meeting('m');
    await w.recording('r', { meeting: 'm' });
    await w.transcript('one', { recording: 'r', days: 10 });
    await w.transcript('two', { recording: 'r', days: 9 });
    await w.transcript('bare', { files: [] });
    const jobRunId = await w.request(await w.preview());
    if (at === 'claim' || at === 'record' || at === 'rows') {
      const goOn = await standstill.at(at);
      const child = processes.start(jobRunId, 'all');
      await standstill.reached();
      await processes.kill(child);
      await goOn();
    } else {
      const { line, child } = await processes.work(jobRunId, at);
      expect(line).toBe('standing still');
      await processes.kill(child);
    }
    const { run: done, counts } = await run(jobRunId);
    expect(done.state).toBe('succeeded');
    expect(counts).toMatchObject({
      ...{ deleted: 8, alreadyAbsent: 0, failed: 0, shrunk: 0, bytes: 80 },
      ...{ transcriptsDeleted: 3, recordingsDeleted: 1, meetingsDeleted: 1, transcriptsFailed: 0 },
    });
    expect(await w.ids()).toEqual({ transcripts: [], recordings: [], meetings: [] });
    expect(await w.world.objects()).toEqual([]);
    await expectOneAnonymousStory(w);
  },
  60_000,
);

test('L3, L9: what a killed run has claimed is settled by the next one, and a hold since then wins', async () => {
  await w.transcript('one', { files: ['wav', 'mp3'] });
  const first = await w.request(await w.preview());
  const { child } = await processes.work(first, 1);
  await processes.kill(child);
  // It is ended for good, so only another run can settle what it left.
  await w.world.database.sql`update job_runs set state = 'failed', finished_at = now() where id = ${first}`;
  await w.transcript('two', { files: ['wav'] });
  await hold('one');
  const { counts } = await w.cleanUp();
  expect(counts).toMatchObject({ transcriptsDeleted: 1, deleted: 1 });
  expect(await w.ids()).toMatchObject({ transcripts: ['one'] });
  const [left, ...others] = await w.world.objects();
  expect(others).toEqual([]);
  expect(await w.world.receiptKeys()).toEqual(
    ['local/one/audio.mp3', 'local/one/audio.wav', 'local/two/audio.wav'].filter((key) => key !== left),
  );
  await expectOneAnonymousStory(w);
}, 60_000);

test('L9: after the folder of local files is another one, nothing there passes for deleted', async () => {
  await w.transcript('t', { files: ['wav'] });
  const jobRunId = await w.request(await w.preview());
  const folder = async (name: string) => {
    const store = new FolderStorage(path.join(w.world.root, name));
    await store.prepare();
    return store;
  };
  const killed = new WrappedStorage(await folder('local'), {
    delete: () => Promise.reject(new Error('killed before the store was asked')),
  });
  const routed = (local: ObjectStorage) => new RoutedStorage(w.world.storage, local);
  await expect(run(jobRunId, routed(killed))).rejects.toThrow('killed');
  w.world.clock.set(addDays(NOW, 1));

  const other = await folder('elsewhere');
  const { run: done } = await run(jobRunId, routed(other));
  expect(done).toMatchObject({ state: 'stopped', summary: expect.stringContaining('LAPSE_LOCAL_FILES_DIR') });
  // The next run there does not settle it either.
  await w.transcript('bare', { files: [] });
  const { counts } = await run(await w.request(await w.preview()), routed(other));
  expect(counts).toMatchObject({ deleted: 0, alreadyAbsent: 0, transcriptsDeleted: 1 });
  expect(await w.world.receiptKeys()).toEqual([]);
  expect((await w.ids()).transcripts).toEqual(['t']);
}, 60_000);

test('L9, R3: two runs at once over shared recordings and meetings leave none of them behind', async () => {
  await w.world.set('cleanup.batch-size', 5);
  for (let unit = 0; unit < 6; unit += 1) {
    await w.meeting(`m${unit}`);
    await w.recording(`r${unit}`, { meeting: `m${unit}` });
    for (const place of ['a', 'b', 'c']) {
      await w.transcript(`t${unit}${place}`, { recording: `r${unit}`, files: ['wav'] });
    }
  }
  const runs = [await w.request(await w.preview()), await w.request(await w.preview())];
  const ended = await Promise.all(runs.map((jobRunId) => run(jobRunId)));
  const sum = (name: 'transcriptsDeleted' | 'recordingsDeleted' | 'meetingsDeleted' | 'deleted') =>
    ended.reduce((total, { counts }) => total + counts[name], 0);
  // What both had their hands on at the end stays for the next run, and is never counted twice.
  const left = await w.ids();
  expect(sum('transcriptsDeleted')).toBe(18 - left.transcripts.length);
  expect(sum('recordingsDeleted')).toBe(6 - left.recordings.length);
  expect(sum('meetingsDeleted')).toBe(6 - left.meetings.length);
  await expectOneAnonymousStory(w);
  const plan = await w.preview();
  if (plan.transcripts > 0) await run(await w.request(plan));
  expect(await w.ids()).toEqual({ transcripts: [], recordings: [], meetings: [] });
  expect(await w.world.objects()).toEqual([]);
  await expectOneAnonymousStory(w);
}, 60_000);

test('L9, R4: 10,000 that are due and two runs at once: each goes once', async () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `t-${String(index).padStart(5, '0')}`);
  // Not by the store, which makes sure of each that it is on the disk.
  const folder = path.join(w.world.root, 'local/audio');
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < ids.length; at += 1000) {
    const page = ids.slice(at, at + 1000);
    const records = page.map((id) => ({
      ...{ id, user_id: null, recording_id: null, meeting_id: null },
      ...{ source_kind: 'live', created_at: '2026-11-01T10:00:00Z' },
      files: [{ kind: 'audio_wav', object_key: `audio/${id}.wav`, size_bytes: 1 }],
    }));
    expect((await upsertTranscripts(w.world.admin, records)).created).toBe(1000);
    await Promise.all(page.map((id) => writeFile(path.join(folder, `${id}.wav`), '.')));
  }
  await w.world.set('approval.above-files', 100_000);
  const runs = [await w.request(await w.preview()), await w.request(await w.preview())];
  const ended = await Promise.all(runs.map((jobRunId) => run(jobRunId)));
  for (const { run: done } of ended) expect(done.state).toBe('succeeded');
  const sum = (name: 'deleted' | 'transcriptsDeleted' | 'transcriptsFailed' | 'alreadyAbsent' | 'bytes') =>
    ended.reduce((total, { counts }) => total + counts[name], 0);
  expect([sum('deleted'), sum('transcriptsDeleted'), sum('bytes')]).toEqual([10_000, 10_000, 10_000]);
  expect([sum('alreadyAbsent'), sum('transcriptsFailed')]).toEqual([0, 0]);
  expect((await w.ids()).transcripts).toEqual([]);
  expect(await w.world.objects()).toEqual([]);
  const [receipts] = await w.world.rows(
    'select count(distinct storage_key)::int as keys, count(*)::int as all from receipts',
  );
  expect(receipts).toEqual({ keys: 10_000, all: 10_000 });
}, 120_000);
