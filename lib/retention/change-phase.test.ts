import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { submissions } from '@/db/schema/challenges';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { changePhase } from './change-phase';
import { type Scenario, START, scenario } from './testing/scenario';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let admin: Context;
const reason = 'the organisers moved it';
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  s.clock.set(START);
  host = await s.person();
  admin = s.as(await s.person({ role: 'admin' }));
});

const dateOf = async (id: number) =>
  (await s.db.select().from(submissions).where(eq(submissions.id, id)))[0]!.retentionEligibleDate;

async function consented() {
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id);
  await giveConsent(s.as(host), { challengeId: challenge.id, channel: 'api' });
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}

describe('changing a phase', () => {
  test('E8: another end, visibility, or none at all, brings the dates in line at once', async () => {
    const { phaseId, submissionId, challengeId } = await consented();
    expect(await changePhase(admin, { phaseId, endDate: '2026-12-24T01:00:00+01:00', reason })).toEqual({
      phaseId,
      challengeId,
      endDate: new Date('2026-12-24T00:00:00Z'),
      isPublic: false,
      datesChanged: 1,
      filesBeingDeleted: 0,
    });
    expect(await dateOf(submissionId)).toEqual(new Date('2027-01-23T00:00:00Z'));
    await changePhase(admin, { phaseId, isPublic: true, reason });
    expect(await dateOf(submissionId)).toBeNull();
    await changePhase(admin, { phaseId, isPublic: false, endDate: null, reason });
    expect(await dateOf(submissionId)).toBeNull();
    expect(await changePhase(admin, { phaseId, endDate: null, reason })).toMatchObject({ datesChanged: 0 });
  });

  test('L4, L2: an earlier end never moves a date before the one that hosts were told', async () => {
    const { phaseId, submissionId } = await consented();
    s.clock.set('2026-11-23T10:00:00Z');
    await sendDueNotices(admin);
    const announced = await dateOf(submissionId);
    expect(announced! >= new Date('2026-12-07T10:00:00Z')).toBe(true);
    await changePhase(admin, { phaseId, endDate: '2026-06-01T00:00:00Z', reason });
    expect(await dateOf(submissionId)).toEqual(announced);
    // Later, on the other hand, counts at once, and needs another notice.
    await changePhase(admin, { phaseId, endDate: '2027-06-01T00:00:00Z', reason });
    expect(await dateOf(submissionId)).toEqual(new Date('2027-07-01T00:00:00Z'));
  });

  test('L8: it leaves old and new value with the reason, and so does a refusal', async () => {
    const { phaseId } = await consented();
    await changePhase(admin, { phaseId, isPublic: true, reason });
    for (const actor of [host, await s.person({ role: 'auditor' })]) {
      await expect(changePhase(s.as(actor), { phaseId, isPublic: false, reason })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    const events = await s.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.target, `phase:${phaseId}`));
    expect(events.map(({ action, result }) => `${action} ${result}`).sort()).toEqual([
      'phase.change error',
      'phase.change error',
      'phase.change success',
    ]);
    expect(events.find(({ result }) => result === 'success')).toMatchObject({
      reason,
      oldValue: { isPublic: false },
      newValue: { isPublic: true, datesChanged: 1 },
    });
  });

  test.each([
    [{ endDate: '2026-12-24' }, /instant with its offset/],
    [{ endDate: '2026-12-24T00:00:00' }, /instant with its offset/],
    [{ endDate: '9999-12-24T00:00:00Z' }, /from 2000 to 2199/],
    [{ endDate: '2026-02-30T00:00:00Z' }, /instant with its offset/],
    [{ isPublic: 'false' }, /true or false/],
    [{}, /Nothing is to be changed/],
    [{ isPublic: true, reason: ' ' }, /give a reason/],
  ])('L10: %j is refused', async (wrong, message) => {
    const { phaseId } = await consented();
    const args = { phaseId, reason, ...wrong } as Parameters<typeof changePhase>[1];
    await expect(changePhase(admin, args)).rejects.toThrow(message);
  });

  test('a phase does not end before it begins', async () => {
    const challenge = await s.challenge([host]);
    const phase = await s.phase(challenge.id, { startDate: new Date('2026-08-01T00:00:00Z') });
    await expect(
      changePhase(admin, { phaseId: phase.id, endDate: '2026-07-01T00:00:00Z', reason }),
    ).rejects.toThrow(
      '2026-07-01T00:00:00.000Z is not allowed: the phase begins on 2026-08-01T00:00:00.000Z.',
    );
    await expect(changePhase(admin, { phaseId: 99_999, isPublic: true, reason })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
