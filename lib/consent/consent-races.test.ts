import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Transaction } from '@/db/client';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { UserActor } from '@/lib/people/actor';
import { retentionFacts } from '@/lib/retention/facts';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { giveConsent } from './give-consent';
import { withdrawConsent } from './withdraw-consent';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
});

async function consented() {
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id);
  const input = { challengeId: challenge.id, channel: 'api' } as const;
  await giveConsent(s.as(host), input);
  return { input, challengeId: challenge.id, submissionId: submission.id };
}

/** What a deletion does first: lock, then ask the rule again (L7). */
async function mayClaim(tx: Transaction, challengeId: number): Promise<boolean> {
  await lockChallenge(tx, challengeId);
  const later = new Date('2027-06-01T00:00:00Z');
  const [fact] = await tx.execute<{ consent_event_id: string | null }>(
    retentionFacts(later, sql`c.id = ${challengeId}`),
  );
  return fact?.consent_event_id != null;
}

const untilBlocked = () =>
  expect
    .poll(async () => (await s.sql`select from pg_locks where not granted`).length, { interval: 10 })
    .toBeGreaterThan(0);

test('L7: a withdrawal that comes after the commit point waits for it, and reports what it cannot keep', async () => {
  const { input, challengeId, submissionId } = await consented();
  let withdrawing: ReturnType<typeof withdrawConsent> | undefined;
  await s.db.transaction(async (tx) => {
    expect(await mayClaim(tx, challengeId)).toBe(true);
    withdrawing = withdrawConsent(s.as(host), input);
    await untilBlocked();
    await tx.execute(sql`update artifacts set state = 'deleting' where submission_id = ${submissionId}`);
  });
  expect(await withdrawing).toMatchObject({ outcome: 'withdrawn', impact: { deletingFiles: 1, files: 0 } });
});

test('L7: a withdrawal that commits first wins: the deletion that waited finds no consent', async () => {
  const { challengeId } = await consented();
  let claiming: Promise<boolean> | undefined;
  await s.db.transaction(async (tx) => {
    await lockChallenge(tx, challengeId);
    claiming = s.db.transaction((other) => mayClaim(other, challengeId));
    await untilBlocked();
    await tx.execute(sql`update challenges set retention_policy_consent = false where id = ${challengeId}`);
  });
  expect(await claiming).toBe(false);
});

test('L7: withdrawing, giving and claiming in any order never let a claim pass without consent', async () => {
  const { input, challengeId } = await consented();
  const claims: Promise<void>[] = [];
  const decisions: Promise<unknown>[] = [];
  for (let round = 0; round < 6; round++) {
    decisions.push(withdrawConsent(s.as(host), input), giveConsent(s.as(host), input));
    claims.push(
      s.db.transaction(async (tx) => {
        const may = await mayClaim(tx, challengeId);
        const [row] = await tx.execute<{ consent: boolean }>(
          sql`select retention_policy_consent as consent from challenges where id = ${challengeId}`,
        );
        expect(may).toBe(row?.consent);
      }),
    );
  }
  await Promise.all([...decisions, ...claims]);
  const history =
    await s.sql`select action from consent_events where challenge_id = ${challengeId} order by sequence`;
  // One by one: what was given is withdrawn before it is given again.
  history.forEach((event, index) => {
    expect(event.action).toBe(index % 2 === 0 ? 'given' : 'withdrawn');
  });
});

test('O1: when the start of the event cannot be written, no consent is given', async () => {
  const challenge = await s.challenge([host]);
  s.clock.set('2050-01-01T00:00:00Z');
  await expect(giveConsent(s.as(host), { challengeId: challenge.id, channel: 'api' })).rejects.toThrow();
  const rows = await s.sql`select from consent_events where challenge_id = ${challenge.id}`;
  expect(rows).toHaveLength(0);
});
