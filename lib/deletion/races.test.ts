import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BuiltChallenge } from '@/db/testing-builders';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { beginCleanup } from './begin-cleanup';
import { finishCleanup } from './finish-cleanup';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld } from './testing/cleanup-world';
import { expectOneStory } from './testing/one-story';
import { Standstill } from './testing/standstill';
import { WrappedStorage } from './testing/wrapped-storage';

/*
 * Everything that others can do to a run, at every step of it, with real transactions. The run is in the middle of its
 * work when it happens: one batch is done, and one comes after.
 */

/** With how many of the six files no run has committed to deleting then, and so can be kept. */
const STEPS = {
  'before it looks at the store': 4,
  'in the claim, before its commit': 2,
  'after the claim, before the store': 2,
  'half way through the store': 2,
  'after the store, before it looks again': 2,
  'in the record, before its commit': 2,
  'between two batches': 4,
  'before it finishes': 0,
} as const;
type Step = keyof typeof STEPS;
const EACH_STEP = Object.keys(STEPS) as Step[];

let world: CleanupWorld;
let standstill: Standstill;
let challenge: BuiltChallenge;
/** What was begun during the run and not waited for. */
let background: Promise<unknown>[];

beforeAll(async () => {
  world = await CleanupWorld.open();
  await world.set('cleanup.batch-size', 2);
  standstill = await Standstill.install(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.wipe();
  await standstill.forget();
  background = [];
});

const keysOf = (submissions: BuiltChallenge['submissions']) =>
  submissions.flatMap(({ artifacts }) => artifacts.map((artifact) => artifact.storageKey));
const everything = () => keysOf(challenge.submissions);
const ofLast = () => keysOf(challenge.submissions.slice(-1));

/** A change of the row, under the lock that whatever keeps data takes. */
async function change(statement: string): Promise<void> {
  await world.database.sql.begin(async (tx) => {
    await tx`select id from challenges where id = ${challenge.id} for update`;
    await tx.unsafe(statement);
  });
}
const hold = (target: { challengeId: number } | { phaseId: number } | { submissionId: number }) =>
  placeHold(world.admin, { target, matter: 'Case 7', reason: 'a court asked' });

/** What others do, and what it keeps when it comes in time. */
const EVENTS: [string, () => Promise<unknown>, () => string[]][] = [
  [
    'a withdrawal',
    () => {
      const host = world.context(world.person('host', challenge.hostId));
      return withdrawConsent(host, { challengeId: challenge.id, channel: 'api' });
    },
    everything,
  ],
  ['a hold on the challenge', () => hold({ challengeId: challenge.id }), everything],
  ['a hold on the phase', () => hold({ phaseId: challenge.phaseId }), everything],
  ['a hold on a submission', () => hold({ submissionId: challenge.submissions.at(-1)!.id }), ofLast],
  [
    'a later end of the phase',
    () =>
      change(
        `update challenge_phases set end_date = now() + interval '1 day' where id = ${challenge.phaseId}`,
      ),
    everything,
  ],
  [
    'a phase made public',
    () => change(`update challenge_phases set is_public = true where id = ${challenge.phaseId}`),
    everything,
  ],
  [
    'a longer override',
    () => change(`update challenges set artifact_retention_days_override = 400 where id = ${challenge.id}`),
    everything,
  ],
];

describe.each(EVENTS)('L1, L3, L4, L7, L9: %s', (_name, act, keeps) => {
  test.each(EACH_STEP)('%s', async (step) => {
    challenge = await world.challenge({ submissions: 3 });
    const existed = new Set(await world.objects());
    const jobRunId = await world.request(await world.preview());
    await playWith(jobRunId, step, act);

    const kept = await standstill.keptInTime();
    const objects = new Set(await world.objects());
    const inTime = keeps().filter((key) => kept.has(key));
    expect(kept.size).toBe(STEPS[step]);
    expect([...objects].sort(), 'what was kept in time is there, and nothing else').toEqual(inTime.sort());
    await expectOneStory(world, existed);
  });
});

describe('L9: a second run with the same items', () => {
  test.each(EACH_STEP)('%s', async (step) => {
    challenge = await world.challenge({ submissions: 3 });
    const existed = new Set(await world.objects());
    const [first, second] = [
      await world.request(await world.preview()),
      await world.request(await world.preview()),
    ];
    await playWith(first, step, async () => {
      background.push(runCleanupToEnd(world.job(), { jobRunId: second }));
    });
    expect(await world.objects()).toEqual([]);
    await expectOneStory(world, existed);
  });
});

describe('L9: another process on the same run', () => {
  test.each(EACH_STEP)('%s', async (step) => {
    challenge = await world.challenge({ submissions: 3 });
    const existed = new Set(await world.objects());
    const jobRunId = await world.request(await world.preview());
    await playWith(jobRunId, step, async () => {
      background.push(runCleanupBatch(world.job(), { jobRunId }));
    });
    expect(await world.objects()).toEqual([]);
    await expectOneStory(world, existed);
  });
});

/** Works on the run to its end; `act` happens once, at the step. */
async function playWith(jobRunId: string, step: Step, act: () => Promise<unknown>): Promise<void> {
  const ctx = world.job();
  await beginCleanup(ctx, { jobRunId });
  await runCleanupBatch(ctx, { jobRunId });
  await middleBatch(jobRunId, step, act);
  for (let done = false; !done; ) done = (await runCleanupBatch(ctx, { jobRunId })).done;
  if (step === 'before it finishes') await act();
  await finishCleanup(ctx, { jobRunId });
  await Promise.all(background);
}

async function middleBatch(jobRunId: string, step: Step, act: () => Promise<unknown>): Promise<void> {
  switch (step) {
    case 'in the claim, before its commit':
      return actWhileStandingAt('claim', jobRunId, act);
    case 'in the record, before its commit':
      return actWhileStandingAt('record', jobRunId, act);
    case 'between two batches':
      await act();
      return;
    case 'before it finishes':
      return;
    default:
      await runCleanupBatch(world.job(actingAt(step, act)), { jobRunId });
  }
}

/** Whatever waits for the run's transaction goes on when that has committed. */
async function actWhileStandingAt(
  place: 'claim' | 'record',
  jobRunId: string,
  act: () => Promise<unknown>,
): Promise<void> {
  const goOn = await standstill.at(place);
  const running = runCleanupBatch(world.job(), { jobRunId });
  await standstill.reached();
  const acting = act();
  await standstill.blockedOrDone(acting);
  await goOn();
  await Promise.all([running, acting]);
}

function actingAt(step: Step, act: () => Promise<unknown>): WrappedStorage {
  let looks = 0;
  return new WrappedStorage(world.storage, {
    stat: async (keys, real) => {
      looks += 1;
      if (looks === 1 && step === 'before it looks at the store') await act();
      if (looks === 2 && step === 'after the store, before it looks again') await act();
      return real.stat(keys);
    },
    delete: async (keys, real, seen, signal) => {
      if (step === 'after the claim, before the store') await act();
      if (step !== 'half way through the store') return real.delete(keys, seen, signal);
      const half = Math.ceil(keys.length / 2);
      const first = await real.delete(keys.slice(0, half), seen, signal);
      await act();
      return [...first, ...(await real.delete(keys.slice(half), seen, signal))];
    },
  });
}
