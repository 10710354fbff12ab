import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  beginAnonymousCleanup,
  beginScheduledAnonymousCleanup,
} from '@/lib/anonymous/begin-anonymous-cleanup';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import { refusing } from '@/lib/deletion/testing/wrapped-storage';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { type Ended, runLapse } from './testing/run-lapse';

let w: AnonymousWorld;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'lapse-cli-'));
  await mkdir(path.join(dataDir, 'objects'));
  await new FolderStorage(path.join(dataDir, 'objects/local')).prepare();
  w = await AnonymousWorld.open();
  vi.stubEnv('PUBLIC_MODE', 'on');
});
beforeEach(async () => {
  await w.wipe();
  await w.policy();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await w.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Whose shell says nothing of public mode: the policy is that of the Lapse that runs. */
const cleanup = (args: string[]): Promise<Ended> =>
  runLapse(['anonymous', 'cleanup', ...args], { databaseUrl: w.world.database.url, dataDir });

it('R1: while public mode is off it is skipped, with the reason, and that is no error', async () => {
  await w.transcript('old');
  await w.policy(7, 0, false);
  const ended = await cleanup(['--yes']);
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Skipped: Public mode is off (PUBLIC_MODE)'),
  });
  expect(await w.world.rows('select job, trigger, state from job_runs')).toEqual([
    { job: 'cleanup-anonymous-data', trigger: 'cli', state: 'skipped' },
  ]);
});

it('R5: a dry run lists the exact transcripts and files, and writes nothing', async () => {
  await w.recording('r');
  await w.transcript('old', { recording: 'r', files: ['wav'] });
  await w.transcript('unknown', { days: null });
  const forPeople = await cleanup(['--dry-run']);
  expect(forPeople).toMatchObject({ code: 0, stderr: '' });
  expect(forPeople.stdout).toContain(
    'Would be deleted: 1 transcript, 1 recording and 0 meetings with 2 files',
  );
  expect(forPeople.stdout).toMatch(
    /Transcript unknown, of an unknown time: the platform did not say when it was made/,
  );
  const lines = (await cleanup(['--dry-run', '--json'])).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { type: 'plan', dryRun: true, transcripts: 1, files: 2, heldBackTranscripts: 1 },
    { type: 'transcript', id: 'old', willDelete: true },
    { type: 'transcript', id: 'unknown', willDelete: false, reason: 'no-creation-time' },
    { type: 'file', transcriptId: 'old', kind: 'recording', key: 'r.mp4' },
    { type: 'file', transcriptId: 'old', key: 'local/old/audio.wav', sizeBytes: 10 },
  ]);
  expect(await w.world.rows('select 1 from plans')).toEqual([]);
});

it.each([
  ['1.5', /"1.5" is not allowed: use a whole number of days from 1 to 36,500/],
  [
    '6',
    /6 days would be shorter than the published period of 7 days \(PUBLIC_DATA_RETENTION_DAYS\): use 7 or more/,
  ],
])('L10: --days %s is refused', async (days, words) => {
  const ended = await cleanup([`--days=${days}`, '--yes']);
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
});

it('R4: where all that is due is out of reach it ends with 5, as the run of the job is partial for the same plan', async () => {
  expect(await cleanup(['--yes'])).toMatchObject({ code: 0, stdout: 'Nothing is due.\n' });
  await w.transcript('undated', { days: null });
  expect(await cleanup(['--yes'])).toMatchObject({
    code: 0,
    stdout: 'Nothing can go. Held back: 1 transcript.\n',
  });
  await w.recording('elsewhere', { bucket: 'whereby' });
  await w.transcript('old', { recording: 'elsewhere', files: ['wav'] });
  expect(await cleanup(['--yes'])).toMatchObject({
    code: 5,
    stdout: 'Nothing can go. Held back: 2 transcripts.\n',
    stderr: expect.stringContaining(
      'transcript old: a file of it lies in a bucket that Lapse is not set up with',
    ),
  });
  const { code, stdout } = await cleanup(['--yes', '--json']);
  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({
    run: null,
    failures: [],
    transcripts: [{ id: 'old', error: expect.stringContaining('bucket') }],
  });
  // The job, of the same state of things.
  const { jobRunId } = await beginScheduledAnonymousCleanup(w.world.job(), { tick: '2026-11-20T03:00:00Z' });
  expect(await runCleanupToEnd(w.world.job(), { jobRunId })).toMatchObject({ state: 'partial' });
}, 60_000);

it('R4: names everything that is out of reach, however much it is', async () => {
  await w.recording('elsewhere', { bucket: 'whereby' });
  await w.world.database.sql`
    insert into transcripts (id, created_at, source_kind, recording_id, received_at, updated_at)
    select 't' || n, '2026-01-01T00:00:00Z', 'room', 'elsewhere', now(), now() from generate_series(1, 1003) n`;
  const { code, stdout } = await cleanup(['--yes', '--json']);
  expect(code).toBe(5);
  expect(JSON.parse(stdout).transcripts).toHaveLength(1003);
}, 60_000);

it('R4: a run in which something failed says what, and ends with 5', async () => {
  const keys = await w.transcript('old');
  await w.transcript('other');
  const running = cleanup(['--yes', '--json']);
  let jobRunId = '';
  await expect
    .poll(
      async () => {
        jobRunId = String(
          (await w.world.rows("select id from job_runs where state = 'queued'"))[0]?.id ?? '',
        );
        return jobRunId;
      },
      { timeout: 20_000, interval: 50 },
    )
    .not.toBe('');
  const job = w.world.job(refusing(w.world.storage, (key) => key === keys[0]));
  await beginAnonymousCleanup(job, { jobRunId });
  await runCleanupToEnd(job, { jobRunId });
  const { code, stdout } = await running;
  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({
    run: { state: 'partial' },
    counts: { transcriptsDeleted: 1, transcriptsFailed: 1, deleted: 5, failed: 1 },
    failures: [{ key: keys[0], transcriptId: 'old', kind: 'audio_wav', error: 'forbidden: pretended' }],
    transcripts: [{ id: 'old', error: null }],
  });
}, 60_000);
