import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BuiltChallenge, ChallengeOptions, SubmissionOptions } from '@/db/testing-builders';
import { decide, type RetentionFacts } from '@/lib/retention/retention-rule';
import { beginCleanup } from './begin-cleanup';
import { readCounts } from './counts';
import { finishCleanup } from './finish-cleanup';
import { runCleanupBatch } from './run-cleanup-batch';
import { CleanupWorld, NOW } from './testing/cleanup-world';
import { failure, WrappedStorage } from './testing/wrapped-storage';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
  await world.set('cleanup.batch-size', 3);
  await world.set('cleanup.max-error-percent', 100);
});
afterEach(() => world.close());

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
/** `usual` most of the time: a world in which everything is blocked tests nothing. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: oneOf(...others) });

const artifact = fc.record({
  shared: oneOf<string | null>(null, null, null, 'a', 'b'),
  sizeBytes: mostly<number | null>(10, null),
  isAbsent: mostly(false, true),
});
const submission = fc.record({
  status: mostly<NonNullable<SubmissionOptions['status']>>('finished', 'running', 'submitted', 'failed'),
  postponed: fc.oneof(
    { weight: 15, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  artifacts: fc.array(artifact, { minLength: 1, maxLength: 3 }),
});
/** What keeps a challenge, or brings its dates to the edge. */
const obstacle = mostly<ChallengeOptions>(
  {},
  { phaseEndDay: -31 },
  { phaseEndDay: -29 },
  { phaseEndDay: null },
  { phaseIsPublic: true },
  { consentDay: -13 },
  { consentDay: null },
  { noticeDay: -13 },
  { noticeDay: -14 },
  { noticeDay: null },
  { noticeState: 'failed' },
  { disabled: true },
  { vanished: true },
  { useHostCredentials: true },
  { artifactDays: 200 },
);
const challenge = fc.record({
  obstacle,
  submissions: fc.array(submission, { minLength: 1, maxLength: 4 }),
});
type ChallengeDraft = typeof challenge extends fc.Arbitrary<infer T> ? T : never;

/** What others do while the run works: at the store of batch n, or between batches. */
const act = fc.record({
  at: fc.nat({ max: 3 }),
  where: oneOf('at the store', 'between batches'),
  what: oneOf('withdraw', 'hold', 'disable', 'evaluate again', 'fail', 'crash before', 'crash after'),
  which: fc.nat({ max: 3 }),
});

const scenario = fc.record({
  challenges: fc.array(challenge, { minLength: 1, maxLength: 4 }),
  acts: fc.array(act, { minLength: 1, maxLength: 6 }),
});

test('the laws hold for challenges in every state, whatever happens meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ challenges, acts }) => {
      await world.wipe();
      const built: BuiltChallenge[] = [];
      for (const draft of challenges) built.push(await world.challenge(optionsOf(draft)));
      const existing = new Set(await world.objects());
      // L1 to L4, by the rule in TypeScript, which the engine does not use: what may go at all.
      const lawful = await lawfulKeys();

      const plan = await world.preview();
      const planned = new Set(
        (
          await world.rows(`select storage_key from plan_items where plan_id = '${plan.id}' and will_delete`)
        ).map((row) => String(row.storage_key)),
      );
      expect(planned).toEqual(lawful);
      if (plan.files === 0) return;

      const forbidden = await play(await world.request(plan), built, acts);

      const left = new Set(await world.objects());
      const gone = [...existing].filter((key) => !left.has(key));
      const receipts = await world.rows('select storage_key, outcome, subjects, run_id from receipts');
      const receiptKeys = receipts.map((row) => String(row.storage_key));
      // L6: never more than the plan. L9: receipts and objects tell the same, once.
      for (const key of gone) expect(planned).toContain(key);
      expect(new Set(receiptKeys).size).toBe(receiptKeys.length);
      expect(new Set(receiptKeys.filter((key) => existing.has(key)))).toEqual(new Set(gone));
      for (const key of receiptKeys) expect(left).not.toContain(key);
      // L7: what was withdrawn, held or changed before its commit point is still there.
      for (const key of forbidden) if (existing.has(key)) expect(left).toContain(key);
      await expectConsistentRows(receiptKeys);
    }),
    { numRuns: 25 },
  );
}, 240_000);

function optionsOf(draft: ChallengeDraft): ChallengeOptions {
  return {
    ...draft.obstacle,
    submissions: draft.submissions.map(({ status, postponed, artifacts }) => ({
      status,
      ...(postponed ? { postponedUntilDay: 5 } : {}),
      artifacts: artifacts.map(({ shared, sizeBytes, isAbsent }) => ({
        ...(shared === null ? {} : { objectKey: `shared/${shared}.zip` }),
        // A shared object has one size, whoever put it last.
        sizeBytes: shared === null ? sizeBytes : 10,
        ...(isAbsent && shared === null ? { objectBytes: null } : {}),
      })),
    })),
  };
}

/** Works on the run to its end while the acts happen. Returns the keys that an act made untouchable in time. */
async function play(
  jobRunId: string,
  built: readonly BuiltChallenge[],
  acts: readonly { at: number; where: string; what: string; which: number }[],
): Promise<Set<string>> {
  const forbidden = new Set<string>();
  let batch = 0;
  const happen = async (where: string) => {
    for (const one of acts.filter((candidate) => candidate.at === batch && candidate.where === where)) {
      const target = built[one.which % built.length];
      if (target && (await change(one.what, target)))
        for (const key of await untouchedKeys(target)) forbidden.add(key);
    }
  };
  const isNow = (what: string) => acts.some((one) => one.at === batch && one.what === what);
  const storage = new WrappedStorage(world.storage, {
    delete: async (keys, real, seen) => {
      await happen('at the store');
      if (isNow('crash before')) throw new Error('crash');
      const bad = isNow('fail') ? keys[0] : undefined;
      const done = await real.delete(
        keys.filter((key) => key !== bad),
        seen,
      );
      if (isNow('crash after')) throw new Error('crash');
      return keys.map((key) => done.find((result) => result.key === key) ?? failure(key));
    },
  });
  const ctx = world.job(storage);
  await beginCleanup(ctx, { jobRunId });
  for (let done = false; !done; batch++) {
    await happen('between batches');
    done = await runCleanupBatch(ctx, { jobRunId }).then(
      (result) => result.done,
      (error: Error) => {
        if (error.message !== 'crash') throw error;
        return false;
      },
    );
  }
  await finishCleanup(ctx, { jobRunId });
  return forbidden;
}

async function change(what: string, target: BuiltChallenge): Promise<boolean> {
  switch (what) {
    case 'withdraw':
      await world.withdraw(target.id);
      return true;
    case 'hold':
      await world.hold(target.id);
      return true;
    case 'disable':
      await world.rows(`update challenges set disabled = true where id = ${target.id}`);
      return true;
    case 'evaluate again':
      await world.rows(`update submissions set status = 'running' where phase_id = ${target.phaseId}`);
      return true;
    default:
      return false;
  }
}

/** The challenge's objects that no run has committed to. */
async function untouchedKeys(target: BuiltChallenge): Promise<string[]> {
  const rows = await world.rows(`
    select a.storage_key from artifacts a join submissions s on s.id = a.submission_id
    where s.phase_id = ${target.phaseId} and a.state in ('present', 'failed')`);
  return rows.map((row) => String(row.storage_key));
}

async function expectConsistentRows(receiptKeys: string[]): Promise<void> {
  const artifacts = await world.rows('select storage_key, state, receipt_id from artifacts');
  for (const { storage_key, state, receipt_id } of artifacts) {
    expect([state === 'deleted', receipt_id !== null]).toEqual([
      receiptKeys.includes(String(storage_key)),
      receiptKeys.includes(String(storage_key)),
    ]);
    expect(state).not.toBe('deleting');
  }
  const submissions =
    await world.rows(`select s.is_artifact_deleted as said, bool_and(a.state = 'deleted') as is_true
    from submissions s join artifacts a on a.submission_id = s.id group by s.id`);
  for (const { said, is_true } of submissions) expect(said).toBe(is_true);
  const [run] = await world.rows('select counts, state from job_runs');
  const counts = readCounts(run!.counts as Record<string, number>);
  expect(counts.deleted + counts.alreadyAbsent).toBe(receiptKeys.length);
  expect(counts.deleted + counts.alreadyAbsent + counts.failed + counts.shrunk).toBe(counts.plannedFiles);
  expect(run!.state).toBe(counts.failed > 0 ? 'partial' : 'succeeded');
}

/** The keys that may go at NOW: everything that refers to them may, by the rule for single submissions. */
async function lawfulKeys(): Promise<Set<string>> {
  const rows = await world.rows(`
    select a.storage_key, s.status, s.is_artifact_deleted, c.use_host_credentials, c.disabled,
      c.vanished_at is not null as vanished, p.is_public, p.end_date::text, s.retention_eligible_date::text as stored,
      s.retention_postponed_until::text as postponed, c.artifact_retention_days_override as days,
      case when c.retention_policy_consent then c.retention_policy_consent_date::text end as consent,
      n.sent_at::text, i.announced_date::text as announced
    from artifacts a
    join submissions s on s.id = a.submission_id
    join challenge_phases p on p.id = s.phase_id
    join challenges c on c.id = p.challenge_id
    left join notice_items i on i.submission_id = s.id
    left join notices n on n.id = i.notice_id and n.state = 'sent'`);
  const stays = new Set<string>();
  const all = new Set<string>();
  const date = (value: unknown) => (value === null ? null : new Date(String(value)));
  for (const row of rows) {
    const sentAt = date(row.sent_at);
    const announcedDate = date(row.announced);
    const facts: RetentionFacts = {
      useHostCredentials: row.use_host_credentials === true,
      vanished: row.vanished === true,
      disabled: row.disabled === true,
      consentAt: date(row.consent),
      artifactRetentionDaysOverride: row.days as number | null,
      logRetentionDaysOverride: null,
      phaseEnd: date(row.end_date),
      phaseIsPublic: row.is_public === true,
      status: String(row.status),
      postponedUntil: date(row.postponed),
      held: false,
      storedDate: date(row.stored),
      notice: sentAt && announcedDate ? { sentAt, announcedDate } : null,
    };
    all.add(String(row.storage_key));
    if (decide(facts, NOW) !== 'retention-period-over') stays.add(String(row.storage_key));
  }
  return new Set([...all].filter((key) => !stays.has(key)));
}
