import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { submissions } from '@/db/schema/challenges';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { listHolds } from './list-holds';
import { placeHold } from './place-hold';
import { releaseHold } from './release-hold';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let admin: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
  admin = s.as(await s.person({ role: 'admin' }));
});

const why = { matter: 'Case 7', reason: 'the court asked' };
async function world() {
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id);
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}
const auditOf = (target: string) => s.db.select().from(auditEvents).where(eq(auditEvents.target, target));

test('L3: a hold stands on a challenge, a phase or a submission', async () => {
  const { challengeId, phaseId, submissionId } = await world();
  for (const target of [{ challengeId }, { phaseId }, { submissionId }]) {
    expect(await placeHold(admin, { target, ...why })).toMatchObject({ challengeId, filesBeingDeleted: 0 });
  }
  const { holds } = await listHolds(admin, { challengeId });
  expect(holds).toHaveLength(3);
  expect(holds.every((hold) => hold.challengeId === challengeId)).toBe(true);
  expect(holds.map(({ phaseId, submissionId }) => ({ phaseId, submissionId })).reverse()).toEqual([
    { phaseId: null, submissionId: null },
    { phaseId, submissionId: null },
    { phaseId: null, submissionId },
  ]);
});

test('L8: placing and releasing leave actor, reason, old and new value', async () => {
  const { challengeId } = await world();
  const { holdId } = await placeHold(admin, { target: { challengeId }, ...why });
  await releaseHold(admin, { holdId, reason: 'the case is closed' });
  expect(await auditOf(`challenge:${challengeId}`)).toMatchObject([
    { action: 'hold.place', result: 'success', reason: why.reason, newValue: { holdId, matter: 'Case 7' } },
  ]);
  expect(await auditOf(`hold:${holdId}`)).toMatchObject([
    {
      action: 'hold.release',
      result: 'success',
      reason: 'the case is closed',
      oldValue: { matter: 'Case 7', reason: why.reason, challengeId },
      newValue: { releasedAt: '2026-11-21T09:00:00.000Z' },
    },
  ]);
});

test('L3: a hold is released once, also when two try at the same time', async () => {
  const { submissionId } = await world();
  const { holdId } = await placeHold(admin, { target: { submissionId }, ...why });
  const results = await Promise.allSettled(
    [1, 2, 3].map((number) => releaseHold(admin, { holdId, reason: `reason ${number}` })),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
  }
  expect((await auditOf(`hold:${holdId}`)).filter((event) => event.result === 'error')).toHaveLength(2);
});

test('L2, L3: a release lets the notice period start anew', async () => {
  const { challengeId, submissionId } = await world();
  await giveConsent(s.as(host), { challengeId, channel: 'api' });
  await sendDueNotices(admin);
  const dateOf = async () =>
    (await s.db.select().from(submissions).where(eq(submissions.id, submissionId)))[0]!.retentionEligibleDate;
  expect(await dateOf()).toEqual(new Date('2026-12-06T00:00:00Z'));
  const { holdId } = await placeHold(admin, { target: { challengeId }, ...why });
  s.clock.set('2027-03-01T00:00:00Z');
  const released = await releaseHold(admin, { holdId, reason: 'over' });
  expect(released.datesChanged).toBe(1);
  expect(await dateOf()).toEqual(new Date('2026-12-05T09:00:00Z'));
});

test('L7: what was past the commit point when the hold came is reported', async () => {
  const { submissionId } = await world();
  await s.artifact(submissionId, { kind: 'stdout_file', state: 'deleting' });
  expect(await placeHold(admin, { target: { submissionId }, ...why })).toMatchObject({
    filesBeingDeleted: 1,
  });
});

test('L8: only admins, and people with a shell, place and release; every refusal is an event', async () => {
  const { challengeId } = await world();
  const auditor = s.as(await s.person({ role: 'auditor' }));
  const { holdId } = await placeHold(s.as({ type: 'cli', osUser: 'root' }), {
    target: { challengeId },
    ...why,
  });
  for (const ctx of [s.as(host), auditor, s.as({ type: 'anonymous' })]) {
    await expect(placeHold(ctx, { target: { challengeId }, ...why })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(releaseHold(ctx, { holdId, reason: 'r' })).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect((await auditOf(`hold:${holdId}`)).map((event) => event.result)).toEqual(['error', 'error', 'error']);
  expect((await listHolds(auditor, { challengeId })).holds).toMatchObject([{ id: holdId, placedBy: null }]);
  await expect(listHolds(s.as(host))).rejects.toMatchObject({ code: 'forbidden' });
});

test.each([
  [{ target: {} }, /exactly one/],
  [{ target: { challengeId: 1, phaseId: 1 } }, /exactly one/],
  [{ target: { challengeId: '1' } }, /target/],
  [{ reason: '  ' }, /give a reason/],
  [{ matter: '' }, /give the matter/],
  [{ reason: 'x'.repeat(2001) }, /2,001 characters are too many/],
])('wrong input is refused: %j', async (wrong, message) => {
  const { challengeId } = await world();
  const input = { target: { challengeId }, ...why, ...wrong } as Parameters<typeof placeHold>[1];
  await expect(placeHold(admin, input)).rejects.toThrow(message);
});

test('what does not exist is not found', async () => {
  for (const target of [{ challengeId: 999_999 }, { phaseId: 999_999 }, { submissionId: 999_999 }]) {
    await expect(placeHold(admin, { target, ...why })).rejects.toMatchObject({ code: 'not_found' });
  }
  await expect(releaseHold(admin, { holdId: newId(), reason: 'r' })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('O6: pages lose and repeat nothing, also when holds share an instant', async () => {
  const { challengeId } = await world();
  const placed: string[] = [];
  for (let index = 0; index < 7; index++) {
    placed.push((await placeHold(admin, { target: { challengeId }, ...why })).holdId);
  }
  await releaseHold(admin, { holdId: placed[0]!, reason: 'r' });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listHolds(admin, {
      challengeId,
      state: 'all',
      limit: 3,
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.holds.map((hold) => hold.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual(placed.toReversed());
  expect((await listHolds(admin, { challengeId, state: 'active' })).holds).toHaveLength(6);
  expect((await listHolds(admin, { challengeId, state: 'released' })).holds).toHaveLength(1);
  await expect(listHolds(admin, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' });
});
