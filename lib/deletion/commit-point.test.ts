import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BuiltChallenge } from '@/db/testing-builders';
import { addDays } from '@/lib/platform/clock';
import { readCounts } from './counts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW } from './testing/cleanup-world';
import { beforeDelete } from './testing/wrapped-storage';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

/** Changes, after the plan was approved, and why the submissions of the challenge then stay. */
const CHANGES: [string, string, (challenge: BuiltChallenge) => Promise<unknown>][] = [
  ['L1: consent is withdrawn', 'no-consent', (challenge) => world.withdraw(challenge.id)],
  [
    'L1: the record of the consent is missing',
    'no-consent',
    ({ id, hostId }) => world.database.sql`
      insert into consent_events (id, challenge_id, action, person_id, channel, at, shown_text, policy_version, shown_figures)
      values (gen_random_uuid(), ${id}, 'withdrawn', ${hostId}, 'api', now(), '', '2026-11', '{}')`,
  ],
  [
    'L2: consent is withdrawn and given again: the notice was for the old one',
    'not-announced',
    async (challenge) => {
      const dates = await world.rows('select id, retention_eligible_date as date from submissions');
      await world.withdraw(challenge.id);
      await world.build.giveConsent(challenge, world.build.day(-40));
      for (const { id, date } of dates) {
        await world.database
          .sql`update submissions set retention_eligible_date = ${String(date)} where id = ${Number(id)}`;
      }
    },
  ],
  [
    'L2: a newer notice was sent',
    'not-due',
    (challenge) => world.build.notice(challenge, world.build.day(-1)),
  ],
  [
    'L2: the notice turns out not to have been sent',
    'not-announced',
    ({ noticeId }) => world.database.sql`update notices set state = 'failed' where id = ${noticeId}`,
  ],
  ['L3: a hold on the challenge', 'held', ({ id }) => world.hold(id)],
  ['L3: a hold on the phase', 'held', ({ phaseId }) => world.build.hold({ phaseId })],
  [
    'L2, L3: a hold that came and went needs a new notice',
    'not-announced',
    async ({ id }) => world.build.releaseHold(await world.build.hold({ challengeId: id }), NOW),
  ],
  [
    'E6: disabled',
    'challenge-disabled',
    ({ id }) => world.rows(`update challenges set disabled = true where id = ${id}`),
  ],
  [
    'E6: vanished',
    'challenge-vanished',
    ({ id }) => world.rows(`update challenges set vanished_at = now() where id = ${id}`),
  ],
  [
    'E6: evaluated again',
    'still-active',
    ({ phaseId }) => world.rows(`update submissions set status = 'running' where phase_id = ${phaseId}`),
  ],
  [
    'E4: public again',
    'phase-public',
    ({ phaseId }) => world.rows(`update challenge_phases set is_public = true where id = ${phaseId}`),
  ],
  [
    'E4: open-ended now',
    'no-end-date',
    ({ phaseId }) => world.rows(`update challenge_phases set end_date = null where id = ${phaseId}`),
  ],
  [
    'L4: a longer override, dates not recomputed yet',
    'not-due',
    ({ id }) => world.rows(`update challenges set artifact_retention_days_override = 400 where id = ${id}`),
  ],
  [
    'E9: postponed',
    'not-due',
    ({ phaseId }) =>
      world.rows(
        `update submissions set retention_postponed_until = '2027-01-01Z' where phase_id = ${phaseId}`,
      ),
  ],
  [
    'the bucket is the host’s own now',
    'not-managed',
    ({ id }) => world.rows(`update challenges set use_host_credentials = true where id = ${id}`),
  ],
  [
    'another run deleted the artifacts',
    'already-deleted',
    () =>
      world.rows(
        `update artifacts set state = 'deleted' where submission_id in (select min(id) from submissions) or submission_id in (select min(id) + 1 from submissions)`,
      ),
  ],
  [
    'the artifacts are other objects now',
    'changed-since-plan',
    ({ phaseId }) =>
      world.rows(
        `update artifacts set object_key = object_key || '.new' where submission_id in (select id from submissions where phase_id = ${phaseId})`,
      ),
  ],
];

describe('L6, L7: what changed after the plan stays, and the rest goes', () => {
  test.each(CHANGES)('%s: %s', async (_name, reason, change) => {
    const challenge = await world.challenge();
    const other = await world.challenge();
    const plan = await world.preview();
    const jobRunId = await world.request(plan);
    await change(challenge);
    const run = await runCleanupToEnd(world.job(), { jobRunId });

    expect(run.state).toBe('succeeded');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 4, shrunk: 4, failed: 0, submissionsDeleted: 2 });
    expect(await world.objects()).toEqual(keysOf(challenge));
    expect(await world.receiptKeys()).toEqual(keysOf(other));
    const outcomes = await world.rows(
      `select distinct outcome, outcome_reason from plan_items where challenge_id = ${challenge.id}`,
    );
    expect(outcomes).toEqual([{ outcome: 'shrunk', outcome_reason: reason }]);
  });
});

const keysOf = (...challenges: BuiltChallenge[]) =>
  challenges
    .flatMap((challenge) => challenge.submissions.flatMap(({ artifacts }) => artifacts))
    .map((artifact) => artifact.storageKey)
    .sort();

test('L7: a hold on one submission keeps just that one', async () => {
  const challenge = await world.challenge({ submissions: 3 });
  const plan = await world.preview();
  const jobRunId = await world.request(plan);
  await world.build.hold({ submissionId: challenge.submissions[1]!.id });
  await runCleanupToEnd(world.job(), { jobRunId });
  expect(await world.objects()).toEqual(
    challenge.submissions[1]!.artifacts.map((one) => one.storageKey).sort(),
  );
});

test('B2: a file of another size than approved stays, and the next plan knows its size', async () => {
  const challenge = await world.challenge({ submissions: 1 });
  const key = challenge.submissions[0]!.artifacts[0]!.storageKey;
  const jobRunId = await world.request(await world.preview());
  await world.storage.put(key, new Uint8Array(99));
  const run = await runCleanupToEnd(world.job(), { jobRunId });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, shrunk: 1 });
  expect(await world.objects()).toEqual([key]);
  const next = await world.preview();
  expect(next).toMatchObject({ files: 1, bytes: 99 });
  await runCleanupToEnd(world.job(), { jobRunId: await world.request(next) });
  expect(await world.objects()).toEqual([]);
});

test('L6: a run never grows: what comes due or arrives after the plan stays', async () => {
  const challenge = await world.challenge();
  const later = await world.challenge({ phaseEndDay: -29, submissions: [{ eligibleDay: 1 }] });
  const jobRunId = await world.request(await world.preview());
  world.clock.set(addDays(NOW, 2));
  const late = await world.build.submission(challenge, { eligibleDay: -6 });
  await world.build.notice(later, world.build.day(-20));
  await runCleanupToEnd(world.job(), { jobRunId });
  expect(await world.objects()).toEqual(
    [...keysOf(later), ...late.artifacts.map((one) => one.storageKey)].sort(),
  );
});

test('E2: an object that a new submission has begun to use stays', async () => {
  const shared = { objectKey: 'shared/data.zip' };
  const challenge = await world.challenge({ submissions: [{ artifacts: [shared] }] });
  const jobRunId = await world.request(await world.preview());
  await world.build.submission(challenge, { artifacts: [shared] });
  const run = await runCleanupToEnd(world.job(), { jobRunId });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 0, shrunk: 1 });
  expect(await world.objects()).toEqual(['media/shared/data.zip']);
});

test('E2, L7: a shared object stays as a whole when one of its submissions may not go any more', async () => {
  const shared = [{ artifacts: [{ objectKey: 'shared/a.zip' }] }];
  const first = await world.challenge({ submissions: shared });
  const second = await world.challenge({ submissions: shared });
  const jobRunId = await world.request(await world.preview());
  await world.withdraw(second.id);
  const run = await runCleanupToEnd(world.job(), { jobRunId });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 0, shrunk: 1 });
  expect(await world.objects()).toEqual(['media/shared/a.zip']);
  const items = await world.rows('select challenge_id, outcome_reason from plan_items order by position');
  expect(items).toEqual([
    { challenge_id: first.id, outcome_reason: 'shared-object' },
    { challenge_id: second.id, outcome_reason: 'no-consent' },
  ]);
});

test('E2, E11: a shared object goes once, with one receipt that names all who used it', async () => {
  const shared = [{ artifacts: [{ objectKey: 'shared/a.zip' }] }];
  const challenges = [
    await world.challenge({ submissions: shared }),
    await world.challenge({ submissions: shared }),
  ];
  const { run } = await world.cleanUp();
  expect(readCounts(run.counts)).toMatchObject({ deleted: 1, submissionsDeleted: 2, bytes: 10 });
  const receipts = await world.database.db.query.receipts.findMany();
  expect(receipts).toHaveLength(1);
  expect(receipts[0]!.subjects).toEqual(
    challenges.map((challenge) => ({
      challengeId: challenge.id,
      submissionId: challenge.submissions[0]!.id,
      artifactId: challenge.submissions[0]!.artifacts[0]!.id,
      kind: 'input_file',
      consentEventId: challenge.consentEventId,
      noticeId: challenge.noticeId,
    })),
  );
});

test('L7: a withdrawal that is under way is waited for, and wins', async () => {
  const challenge = await world.challenge();
  const other = await world.challenge();
  const jobRunId = await world.request(await world.preview());
  let release = () => {};
  const goOn = new Promise<void>((resolve) => {
    release = resolve;
  });
  let locked = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const withdrawal = world.database.sql.begin(async (tx) => {
    await tx`select id from challenges where id = ${challenge.id} for update`;
    await tx`update challenges set retention_policy_consent = false where id = ${challenge.id}`;
    locked();
    await goOn;
  });
  await isLocked;
  const running = runCleanupToEnd(world.job(), { jobRunId });
  await expect.poll(() => world.receiptKeys(), { timeout: 10_000 }).toEqual(keysOf(other));
  release();
  await withdrawal;
  const run = await running;
  expect(readCounts(run.counts)).toMatchObject({ deleted: 4, shrunk: 4 });
  expect(await world.objects()).toEqual(keysOf(challenge));
});

test('L6: who holds a lock for ever does not hold the run for ever', async () => {
  const challenge = await world.challenge();
  const jobRunId = await world.request(await world.preview());
  const run = await world.database.sql.begin(async (tx) => {
    await tx`select id from submissions where id = ${challenge.submissions[0]!.id} for update`;
    return runCleanupToEnd(world.job(), { jobRunId });
  });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 2, shrunk: 2 });
  expect(await world.rows("select distinct outcome_reason from plan_items where outcome = 'shrunk'")).toEqual(
    [{ outcome_reason: 'busy' }],
  );
});

test('L7: a withdrawal after the commit point comes too late for what was committed, and holds for the rest', async () => {
  await world.set('cleanup.batch-size', 2);
  const challenge = await world.challenge({ submissions: 2 });
  const jobRunId = await world.request(await world.preview());
  const storage = beforeDelete(world.storage, () => world.withdraw(challenge.id));
  const run = await runCleanupToEnd(world.job(storage), { jobRunId });
  expect(readCounts(run.counts)).toMatchObject({ deleted: 2, shrunk: 2, submissionsDeleted: 1 });
  expect(await world.receiptKeys()).toEqual(
    challenge.submissions[0]!.artifacts.map((one) => one.storageKey).sort(),
  );
});
