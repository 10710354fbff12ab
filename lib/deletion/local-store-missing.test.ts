import { mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { beginScheduledAnonymousCleanup } from '@/lib/anonymous/begin-anonymous-cleanup';
import { loadTranscript } from '@/lib/anonymous/load-transcript';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { localFilesWarnings } from '@/lib/health/local-files-check';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { RoutedStorage } from '@/lib/platform/storage/routed-storage';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { NOW } from './testing/cleanup-world';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';
import { WrappedStorage } from './testing/wrapped-storage';

let w: AnonymousWorld;
let folder: string;
const disk = () => path.join(folder, 'platform');
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-disk-'));
  w = await AnonymousWorld.open(async () => {
    const root = path.join(folder, 'objects');
    const [main, local] = [new FolderStorage(root), new FolderStorage(disk())];
    await Promise.all([main.prepare(), local.prepare()]);
    return { storage: new RoutedStorage(main, local), remove: () => rm(folder, { recursive: true }) };
  });
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  w.world.clock.set(NOW);
  await w.policy();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await mount();
});
afterAll(() => w.close());

const unmount = () => rename(disk(), `${disk()}-elsewhere`);
const mount = () => rename(`${disk()}-elsewhere`, disk()).catch(() => {});

/** More than a run tries before its errors are judged (E12). */
const MANY = 25;
const fill = async () => {
  for (let one = 0; one < MANY; one += 1) await w.transcript(`disk-${one}`, { files: ['wav'] });
  await w.transcript('stored', { files: ['mp3'], audioLocation: 'storage' });
  await w.transcript('both', { files: ['wav', 'mp3'], audioLocation: 'storage' });
};
const scheduled = async (log = w.world.job().log) => {
  const job = { ...w.world.job(), log };
  const { jobRunId } = await beginScheduledAnonymousCleanup(job, { tick: w.world.clock.now().toISOString() });
  return runCleanupToEnd(job, { jobRunId });
};

describe('R4: while the platform’s disk is not there', () => {
  test('its transcripts are held back as wholes, which is said before, and the others go', async () => {
    await fill();
    await unmount();
    const lines: { msg?: string }[] = [];
    const run = await scheduled(pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }));
    expect(run).toMatchObject({
      state: 'partial',
      counts: { transcriptsDeleted: 1, transcriptsFailed: MANY + 1, deleted: 1, failed: 0, alreadyAbsent: 0 },
    });
    expect(run.summary).toContain(
      `Of ${MANY + 1} transcripts nothing was tried: a file of it lies on the platform’s disk, which cannot be reached now.`,
    );
    const said = lines.filter(({ msg }) => msg?.includes('platform’s disk cannot be reached'));
    expect(said).toHaveLength(1);
    const { transcripts } = await w.ids();
    expect(transcripts).toHaveLength(MANY + 1);
    expect(transcripts).toContain('both');
    expect(await w.world.receiptKeys()).toEqual(['stored/audio.mp3']);

    // With the disk everything goes, at the first attempt.
    await mount();
    w.world.clock.set(new Date(NOW.getTime() + 3_600_000));
    expect(await scheduled()).toMatchObject({
      state: 'succeeded',
      counts: { transcriptsDeleted: MANY + 1, deleted: MANY + 2, failed: 0 },
    });
    await expectOneAnonymousStory(w);
  });

  test('B1: a preview and the page of a transcript say so', async () => {
    await w.transcript('disk', { files: ['wav'] });
    await unmount();
    const plan = await w.preview();
    expect(plan).toMatchObject({ transcripts: 0, heldBackTranscripts: 1 });
    expect(await w.world.rows('select reason from plan_transcripts')).toEqual([
      { reason: 'local-store-missing' },
    ]);
    expect(await loadTranscript(w.world.admin, { id: 'disk' })).toMatchObject({
      transcript: { heldBack: 'local-store-missing' },
    });
  });

  test('L9: it goes away between the plan and the run: nothing counts as failed or as gone', async () => {
    await fill();
    const jobRunId = await w.request(await w.preview());
    await unmount();
    const run = await runCleanupToEnd(w.world.job(), { jobRunId });
    expect(run.counts).toMatchObject({ transcriptsDeleted: 1, failed: 0, alreadyAbsent: 0 });
    expect(run.state).not.toBe('stopped');
    expect(await w.world.rows("select 1 from anonymous_files where state <> 'present'")).toEqual([]);
    expect(
      await w.world.rows(
        "select distinct outcome_reason as why from plan_transcripts where outcome = 'shrunk'",
      ),
    ).toEqual([{ why: 'local-store-missing' }]);
    await mount();
    expect((await w.cleanUp()).counts).toMatchObject({ transcriptsDeleted: MANY + 1, failed: 0 });
  });

  test('L9: it goes away between the claim and the deletion: the claims are taken back', async () => {
    await fill();
    const jobRunId = await w.request(await w.preview());
    let isFirst = true;
    const real = w.world.storage;
    const storage = new WrappedStorage(real, {
      delete: async (keys, _real, seen, signal) => {
        if (isFirst) await unmount();
        isFirst = false;
        return real.delete(keys, seen, signal);
      },
    });
    const run = await runCleanupToEnd(w.world.job(storage), { jobRunId });
    expect(run.counts).toMatchObject({ transcriptsDeleted: 1, failed: 0, alreadyAbsent: 0 });
    expect(
      await w.world.rows(
        "select 1 from anonymous_files where location = 'local' and (state <> 'present' or attempts > 0)",
      ),
    ).toEqual([]);
    await mount();
    w.world.clock.set(new Date(NOW.getTime() + 3_600_000));
    expect((await w.cleanUp()).counts).toMatchObject({ transcriptsDeleted: MANY + 1, failed: 0 });
    await expectOneAnonymousStory(w);
  });
});

test('B11: readiness tells of a missing disk, and names no folder, only while files are to be deleted there', async () => {
  const warnings = () => localFilesWarnings(() => w.world.admin);
  await unmount();
  expect(await warnings()).toEqual([]);
  await mount();
  await w.transcript('disk', { files: ['wav'] });
  expect(await warnings()).toEqual([]);
  await unmount();
  const [warning, ...more] = await warnings();
  expect(warning).toContain('local files cannot be reached');
  expect(warning).not.toContain(folder);
  expect(more).toEqual([]);
});
