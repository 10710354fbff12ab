import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { receiptsOfRun } from '@/lib/deletion/list-receipts';
import { listRuns } from '@/lib/deletion/list-runs';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import { NOW } from '@/lib/deletion/testing/cleanup-world';
import { refusing } from '@/lib/deletion/testing/wrapped-storage';
import type { Context } from '@/lib/people/context';
import { placeAnonymousHold, releaseAnonymousHold } from './anonymous-holds';
import {
  beginAnonymousCleanup,
  beginAnonymousRetries,
  beginScheduledAnonymousCleanup,
  skipAnonymousCleanup,
} from './begin-anonymous-cleanup';
import { listAnonymousHolds } from './list-anonymous-holds';
import { dryRunAnonymousCleanup, previewAnonymousCleanup } from './preview-anonymous-cleanup';
import { AnonymousWorld } from './testing/anonymous-world';

const TICK = '2026-11-21T03:00:00.000Z';

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  environment('on', '7');
  await w.wipe();
  await w.policy();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const environment = (mode: string, days: string) => {
  vi.stubEnv('PUBLIC_MODE', mode);
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', days);
};
const auditor = (): Context => w.world.context(w.world.person('auditor', 1));
const events = (action: string) =>
  w.world.rows(
    `select target, result, error from audit_events where action = '${action}' order by time_started, id`,
  );

describe('R1: while public mode is off', () => {
  beforeEach(() => environment('', ''));

  test('a tick makes one run, which is skipped and says why, and nothing goes', async () => {
    const keys = await w.transcript('old', { days: 300 });
    const begun = await beginScheduledAnonymousCleanup(w.world.job(), { tick: TICK });
    expect(begun.skipped).toBe('Public mode is off (PUBLIC_MODE), so nothing anonymous is deleted.');
    expect(await beginScheduledAnonymousCleanup(w.world.job(), { tick: TICK })).toEqual(begun);
    const { runs } = await listRuns(w.world.admin, { source: 'anonymous-data' });
    expect(runs).toMatchObject([
      {
        plan: null,
        run: {
          id: begun.jobRunId,
          state: 'skipped',
          trigger: 'schedule',
          summary: `Skipped: ${begun.skipped}`,
        },
      },
    ]);
    expect(await w.world.objects()).toEqual(keys.sort());
  });

  test('there is no preview either, and the refusal is an audit event (L8)', async () => {
    await expect(previewAnonymousCleanup(w.world.admin)).rejects.toMatchObject({ code: 'conflict' });
    expect((await events('cleanup.preview')).at(-1)).toMatchObject({
      target: 'anonymous-data',
      result: 'error',
    });
  });
});

test('before anything is written down it says that, and not that public mode is off', async () => {
  await w.wipe();
  const shell = w.world.context({ type: 'cli', osUser: 'root' });
  await expect(dryRunAnonymousCleanup(shell, {}, async () => {})).rejects.toThrow(
    'No policy is written down yet',
  );
});

test('L8: whoever previews under another environment is not who changed the policy', async () => {
  environment('on', '9');
  await previewAnonymousCleanup(w.world.admin);
  const [event] = await w.world.rows(
    "select actor from audit_events where action = 'public-policy.change' order by time_started desc, id desc limit 1",
  );
  expect(event).toEqual({ actor: 'system:start' });
});

test('a run that is skipped is opened only by who may', async () => {
  const begun = skipAnonymousCleanup(auditor(), 'why', { trigger: 'cli' });
  await expect(begun).rejects.toMatchObject({ code: 'forbidden' });
  expect(await w.world.rows('select id from job_runs')).toEqual([]);
});

describe('R2: by its schedule', () => {
  test('all that is due goes, once however often the tick is told', async () => {
    await w.transcript('old');
    const { jobRunId } = await beginScheduledAnonymousCleanup(w.world.job(), { tick: TICK });
    const run = await runCleanupToEnd(w.world.job(), { jobRunId });
    expect(run).toMatchObject({ state: 'succeeded', trigger: 'schedule', dedupeKey: TICK });
    expect(await beginScheduledAnonymousCleanup(w.world.job(), { tick: TICK })).toEqual({
      jobRunId,
      skipped: null,
    });
    const { receipts } = await receiptsOfRun(w.world.admin, { jobRunId });
    expect(receipts.map(({ approval }) => approval?.schedule)).toEqual([TICK, TICK, TICK]);
    expect((await w.ids()).transcripts).toEqual([]);
  });

  test('a mode that was switched on over old data lets nothing old go for 14 days', async () => {
    await w.wipe();
    await w.policy(7, 100, false);
    await w.transcript('old', { days: 300 });
    const first = await beginScheduledAnonymousCleanup(w.world.job(), { tick: TICK });
    await runCleanupToEnd(w.world.job(), { jobRunId: first.jobRunId });
    expect((await w.ids()).transcripts).toEqual(['old']);
    await w.runsUntil(new Date('2026-12-04T12:00:00Z'));
    const later = await beginScheduledAnonymousCleanup(w.world.job(), { tick: '2026-12-04T03:00:00.000Z' });
    await runCleanupToEnd(w.world.job(), { jobRunId: later.jobRunId });
    expect((await w.ids()).transcripts).toEqual([]);
  });

  test('of a challenge’s cleanup it takes nothing, nor that of it', async () => {
    await w.transcript('old');
    const { artifacts } = (await w.world.challenge({ submissions: 1 })).submissions[0]!;
    await w.cleanUp();
    expect(await w.world.objects()).toEqual(artifacts.map(({ storageKey }) => storageKey).sort());
    await w.transcript('older', { days: 9 });
    await w.world.cleanUp();
    expect(await w.world.objects()).toEqual(
      ['mp3', 'json', 'wav'].map((kind) => `local/older/audio.${kind}`).sort(),
    );
  });
});

describe('R4: between the scheduled runs', () => {
  const HOUR = '2026-11-21T04:50:00.000Z';
  const retry = async () => (await beginAnonymousRetries(w.world.job(), { tick: HOUR })).jobRunId;

  test('what failed is tried again once its backoff is over, alone, and without any there is no run', async () => {
    await w.recording('r');
    const [key] = await w.transcript('failing', { files: ['wav'], recording: 'r' });
    await w.cleanUp(refusing(w.world.storage, (one) => one === key));
    await w.transcript('waits', { files: ['wav'] });
    expect(await retry()).toBeNull();
    w.world.clock.set(new Date(NOW.getTime() + 10 * 60_000));
    const jobRunId = await retry();
    await runCleanupToEnd(w.world.job(), { jobRunId: String(jobRunId) });
    expect(await w.ids()).toEqual({ transcripts: ['waits'], recordings: [], meetings: [] });
  });

  test('nothing is, while public mode is off', async () => {
    const [key] = await w.transcript('failing', { files: ['wav'] });
    await w.cleanUp(refusing(w.world.storage, (one) => one === key));
    w.world.clock.set(new Date(NOW.getTime() + 10 * 60_000));
    environment('off', '7');
    expect(await retry()).toBeNull();
    expect((await w.ids()).transcripts).toEqual(['failing']);
  });
});

describe('L10, R5: the days that may be asked for', () => {
  test.each([
    [0, '0 is not allowed: use a whole number of days from 1 to 36,500'],
    [-1, '-1 is not allowed'],
    [1.5, '1.5 is not allowed'],
    [1e12, '1000000000000 is not allowed'],
    [Number.NaN, 'use a whole number of days from 1 to 36,500'],
    ['7 days', 'use a whole number of days from 1 to 36,500'],
    [
      6,
      '6 days would be shorter than the published period of 7 days (PUBLIC_DATA_RETENTION_DAYS): use 7 or more',
    ],
  ])('%s is refused with the value and what is allowed', async (days, words) => {
    const asked = { days: days as number };
    for (const door of [
      () => previewAnonymousCleanup(w.world.admin, asked),
      () => dryRunAnonymousCleanup(w.world.admin, asked, async () => null),
    ]) {
      await expect(door()).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining(words),
      });
    }
  });

  test('a longer period that the environment asks for holds at once', async () => {
    environment('on', '30');
    await expect(previewAnonymousCleanup(w.world.admin, { days: 7 })).rejects.toThrow(
      '7 days would be shorter than the published period of 30 days',
    );
  });
});

test('L6: a dry run shows what a preview shows, and leaves nothing', async () => {
  await w.recording('r');
  await w.transcript('old', { recording: 'r' });
  const seen = await dryRunAnonymousCleanup(w.world.admin, {}, async (_, plan) => plan);
  const { transcripts, recordings, files, bytes } = await w.preview();
  expect(seen).toMatchObject({ transcripts, recordings, files, bytes });
  expect(await w.world.rows('select 1 from plans')).toHaveLength(1);
});

test('L8: who may not is refused, with an audit event', async () => {
  await w.transcript('old');
  const plan = await w.preview();
  const jobRunId = await w.request(plan);
  await expect(previewAnonymousCleanup(auditor())).rejects.toMatchObject({ code: 'forbidden' });
  await expect(beginAnonymousCleanup(auditor(), { jobRunId })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(beginScheduledAnonymousCleanup(auditor(), { tick: TICK })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(
    placeAnonymousHold(auditor(), { transcriptId: null, matter: 'm', reason: 'r' }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  expect((await events('access.refuse')).at(-1)).toMatchObject({ target: 'anonymous-data' });
  expect((await events('anonymous-hold.place')).at(-1)).toMatchObject({ result: 'error' });
});

describe('L3: holds', () => {
  test('are placed, listed and released once, each with its audit event', async () => {
    await w.transcript('t');
    const all = await placeAnonymousHold(w.world.admin, {
      transcriptId: null,
      matter: 'Case 8',
      reason: 'asked',
    });
    const one = await placeAnonymousHold(w.world.admin, {
      transcriptId: 't',
      matter: 'Case 7',
      reason: 'asked',
    });
    expect(all).toMatchObject({ filesBeingDeleted: 0 });
    expect(await w.preview()).toMatchObject({ transcripts: 0, files: 0, heldBackTranscripts: 1 });

    await releaseAnonymousHold(w.world.admin, { holdId: all.holdId, reason: 'over' });
    // They add up: the other one still stands.
    expect(await w.preview()).toMatchObject({ transcripts: 0, heldBackTranscripts: 1 });
    const again = releaseAnonymousHold(w.world.admin, { holdId: all.holdId, reason: 'over' });
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    await releaseAnonymousHold(w.world.admin, { holdId: one.holdId, reason: 'over' });
    expect(await w.preview()).toMatchObject({ transcripts: 1, heldBackTranscripts: 0 });

    const { holds: listed } = await listAnonymousHolds(auditor(), { transcriptId: 't' });
    expect(listed.map(({ transcriptId, releaseReason }) => [transcriptId, releaseReason]).sort()).toEqual(
      [
        ['t', 'over'],
        [null, 'over'],
      ].sort(),
    );
    // L8: what became of a hold stands where its placing does.
    expect((await events('anonymous-hold.release')).map(({ target, result }) => [target, result])).toEqual([
      ['anonymous-data', 'success'],
      ['anonymous-data', 'error'],
      ['transcript:t', 'success'],
    ]);
  });

  test('need a transcript that is there, a matter and a reason', async () => {
    const place = (transcriptId: string, reason: string) =>
      placeAnonymousHold(w.world.admin, { transcriptId, matter: 'Case 7', reason });
    await expect(place('nobody', 'asked')).rejects.toMatchObject({ code: 'not_found' });
    await expect(place('nobody', ' ')).rejects.toMatchObject({ code: 'invalid' });
    await expect(
      releaseAnonymousHold(w.world.admin, { holdId: '01990000-0000-7000-8000-000000000001', reason: 'over' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('L3: the database itself lets a hold be released once, and nothing else', async () => {
  await w.transcript('t');
  const { holdId } = await placeAnonymousHold(w.world.admin, {
    ...{ transcriptId: 't', matter: 'Case 7', reason: 'asked' },
  });
  const release =
    "update anonymous_holds set released_at = now(), released_by_actor = '{}', release_reason = 'over'";
  for (const { sql } of [w.world.database, w.world.database.owner]) {
    await expect(sql`update anonymous_holds set transcript_id = 'another'`).rejects.toThrow();
    await expect(sql.unsafe(`${release}, transcript_id = 'another'`)).rejects.toThrow();
    await expect(sql`delete from anonymous_holds`).rejects.toThrow();
    await expect(sql`truncate anonymous_holds`).rejects.toThrow();
  }
  await releaseAnonymousHold(w.world.admin, { holdId, reason: 'over' });
  await expect(w.world.database.owner.sql.unsafe(release)).rejects.toThrow('released once');
});

test('R2: the database itself refuses to delete what belongs to somebody', async () => {
  await w.transcript('mine', { owner: 'user123', files: [] });
  await expect(w.world.database.sql`delete from transcripts where id = 'mine'`).rejects.toThrow(
    'belongs to somebody',
  );
});
