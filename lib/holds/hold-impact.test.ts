import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { artifacts, submissions } from '@/db/schema/challenges';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { retentionFacts } from '@/lib/retention/facts';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { whySubmission } from '@/lib/why/why-submission';
import { holdImpact } from './hold-impact';
import { placeHold } from './place-hold';
import { releaseHold } from './release-hold';
import { sayKept, sayRelease } from './say-hold-impact';

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
const place = async (target: Parameters<typeof placeHold>[1]['target'], matter = 'Case 7') =>
  (await placeHold(admin, { target, ...why, matter })).holdId;

/** Two phases with two submissions each; the files are of 1,000 and 500 bytes, and one of unknown size. */
async function world() {
  const challenge = await s.challenge([host]);
  const [first, second] = [await s.phase(challenge.id), await s.phase(challenge.id)];
  const ids = [];
  for (const phase of [first, first, second, second]) {
    ids.push((await s.submission(phase.id, [1000, 500, null])).id);
  }
  const [a = 0, b = 0, c = 0, d = 0] = ids;
  return { challengeId: challenge.id, first: first.id, second: second.id, a, b, c, d };
}

describe('what a hold keeps', () => {
  test('L3: submissions, files and bytes of its target; a shared object is counted once', async () => {
    const { challengeId, first, a, b } = await world();
    await s.artifact(a, { kind: 'stderr_file', objectKey: 'shared/log', sizeBytes: 70 });
    await s.artifact(b, { kind: 'stderr_file', objectKey: 'media/shared/log', sizeBytes: null });
    const keeps = async (target: Parameters<typeof place>[0]) =>
      (await holdImpact(admin, { holdId: await place(target) })).keeps;
    expect(await keeps({ submissionId: a })).toEqual({
      submissions: 1,
      files: 4,
      bytes: 1570,
      filesOfUnknownSize: 1,
    });
    expect(await keeps({ phaseId: first })).toEqual({
      submissions: 2,
      files: 7,
      bytes: 3070,
      filesOfUnknownSize: 2,
    });
    expect(await keeps({ challengeId })).toEqual({
      submissions: 4,
      files: 13,
      bytes: 6070,
      filesOfUnknownSize: 4,
    });
  });

  test('L7: what is gone is not kept, and what a run is deleting is told apart', async () => {
    const { first, a, b } = await world();
    await s.db.update(submissions).set({ isArtifactDeleted: true }).where(eq(submissions.id, a));
    await s.db.update(artifacts).set({ state: 'deleted' }).where(eq(artifacts.submissionId, a));
    await s.db
      .update(artifacts)
      .set({ state: 'deleting' })
      .where(sql`submission_id = ${b} and size_bytes = 500`);
    const impact = await holdImpact(admin, { holdId: await place({ phaseId: first }) });
    expect(impact).toMatchObject({
      keeps: { submissions: 1, files: 2, bytes: 1000, filesOfUnknownSize: 1 },
      letsGo: { submissions: 1, files: 2, bytes: 1000 },
      filesBeingDeleted: 1,
    });
    expect(sayKept(impact)).toBe(
      'It keeps 1 submission (2 files, 1.0 kB and 1 file of unknown size). 1 more file is past the point where a hold can keep it: a run is deleting it.',
    );
  });

  test('a challenge without submissions has nothing to keep', async () => {
    const challenge = await s.challenge([host]);
    const impact = await holdImpact(admin, { holdId: await place({ challengeId: challenge.id }) });
    expect(impact).toMatchObject({ keeps: { submissions: 0, files: 0, bytes: 0 }, earliestDeletion: null });
    expect(sayKept(impact)).toBe('There is nothing left that it could keep.');
    expect(sayRelease(impact, 'UTC')).toEqual([
      'There is nothing left that it could let go.',
      'The logs of the challenge’s workers are no longer held either.',
    ]);
  });
});

describe('what a release would let go', () => {
  test('L3: nothing that another hold keeps, on whatever it stands', async () => {
    const { challengeId, first, a } = await world();
    const whole = await place({ challengeId });
    await place({ phaseId: first }, 'Case 8');
    const single = await place({ submissionId: a }, 'Case 9');
    const impact = await holdImpact(admin, { holdId: whole });
    expect(impact).toMatchObject({
      keeps: { submissions: 4 },
      letsGo: { submissions: 2, files: 6, bytes: 3000, filesOfUnknownSize: 2 },
      others: {
        count: 2,
        onChallenge: 2,
        holds: [
          { matter: 'Case 8', submissions: 2, submissionId: null },
          { matter: 'Case 9', submissions: 1, submissionId: a, phaseName: null },
        ],
      },
    });
    expect(sayRelease(impact, 'UTC')).toContain('2 submissions and 6 files stay under 2 other holds.');
    const covered = await holdImpact(admin, { holdId: single });
    expect(covered).toMatchObject({ letsGo: { submissions: 0, files: 0 }, earliestDeletion: null });
    expect(sayRelease(covered, 'UTC')).toEqual([
      'It lets nothing go: other holds keep all of it.',
      '2 other holds keep them.',
      'The logs of the challenge’s workers stay held, by another hold on it.',
    ]);
  });

  test('E2, L3: not an object that a held submission of another challenge shares', async () => {
    const { a } = await world();
    const elsewhere = await world();
    await s.artifact(a, { kind: 'stderr_file', objectKey: 'twin', sizeBytes: 9 });
    await s.artifact(elsewhere.c, { kind: 'stderr_file', objectKey: '/media/twin', sizeBytes: 9 });
    const holdId = await place({ submissionId: a });
    expect((await holdImpact(admin, { holdId })).letsGo).toMatchObject({ files: 4, bytes: 1509 });
    const other = await place({ phaseId: elsewhere.second }, 'Case 8');
    const impact = await holdImpact(admin, { holdId });
    expect(impact).toMatchObject({ letsGo: { submissions: 1, files: 3, bytes: 1500 }, others: { count: 0 } });
    expect(sayRelease(impact, 'UTC')).toContain(
      '1 file stays: a submission that another hold keeps shares it.',
    );
    await releaseHold(admin, { holdId: other, reason: 'over' });
    expect((await holdImpact(admin, { holdId })).letsGo).toMatchObject({ files: 4, bytes: 1509 });
  });

  test('B1: what another rule keeps all the same is counted by that rule', async () => {
    const { challengeId, second, a } = await world();
    const holdId = await place({ challengeId });
    expect(await holdImpact(admin, { holdId })).toMatchObject({
      keptAnyway: { 'no-consent': 4 },
      earliestDeletion: null,
    });
    await giveConsent(s.as(host), { challengeId, channel: 'api' });
    await s.sql`update challenge_phases set is_public = true where id = ${second}`;
    await s.db.update(submissions).set({ status: 'running' }).where(eq(submissions.id, a));
    const impact = await holdImpact(admin, { holdId });
    expect(impact.keptAnyway).toEqual({ 'phase-public': 2, 'still-active': 1 });
    expect(sayRelease(impact, 'UTC')).toContain(
      '3 stay all the same, by another rule (2: the phase is still public; 1: the submission is still being processed).',
    );
  });

  test('L2, L3: the earliest date is 14 days after a new notice, and the release keeps that promise', async () => {
    const { challengeId, a } = await world();
    await giveConsent(s.as(host), { challengeId, channel: 'api' });
    await sendDueNotices(admin);
    const holdId = await place({ challengeId });
    s.clock.set('2027-03-01T10:30:00Z');
    const { earliestDeletion } = await holdImpact(admin, { holdId });
    expect(earliestDeletion).toEqual(new Date('2027-03-16T00:00:00Z'));
    const explained = await whySubmission(admin, { submissionId: a });
    const release = explained.explanation?.whatIf.find(({ change }) => change.type === 'release-holds');
    expect(release?.earliest?.date).toEqual(earliestDeletion);

    await releaseHold(admin, { holdId, reason: 'over' });
    s.clock.set('2027-03-01T10:31:00Z');
    await sendDueNotices(admin);
    const reasonAt = async (at: Date) => {
      const [row] = await s.db.execute<{ reason: string }>(
        sql`select distinct reason from (${retentionFacts(at, sql`c.id = ${challengeId}`)}) facts`,
      );
      return row?.reason;
    };
    expect(await reasonAt(new Date((earliestDeletion?.getTime() ?? 0) - 1))).toBe('not-due');
    expect(await reasonAt(earliestDeletion ?? new Date(0))).toBe('retention-period-over');
  });

  test('E5, E9: a later date of the rule stays later', async () => {
    const { challengeId, a } = await world();
    await giveConsent(s.as(host), { challengeId, channel: 'api' });
    const until = new Date('2028-01-01T00:00:00Z');
    await s.db.update(submissions).set({ retentionPostponedUntil: until }).where(eq(submissions.id, a));
    const holdId = await place({ submissionId: a });
    expect((await holdImpact(admin, { holdId })).earliestDeletion).toEqual(until);
  });
});

test('L8: admins and auditors see it; hosts and strangers are refused, each time with an event', async () => {
  const { challengeId } = await world();
  const holdId = await place({ challengeId });
  const auditor = s.as(await s.person({ role: 'auditor' }));
  expect(await holdImpact(auditor, { holdId })).toMatchObject({ holdId });
  const before = await refusals();
  for (const ctx of [s.as(host), s.as({ type: 'anonymous' })]) {
    // A hold that does not exist is refused in the same words.
    for (const id of [holdId, newId()]) {
      await expect(holdImpact(ctx, { holdId: id })).rejects.toMatchObject({
        code: 'forbidden',
        message: 'Only admins and auditors see the holds.',
      });
    }
  }
  expect(await refusals()).toBe(before + 4);
  await expect(holdImpact(admin, { holdId: newId() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(holdImpact(admin, { holdId: 'x' })).rejects.toMatchObject({ code: 'invalid' });
  await releaseHold(admin, { holdId, reason: 'over' });
  await expect(holdImpact(admin, { holdId })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/^This hold was released already, by .+ on 21 Nov 2026, 09:00 UTC\.$/),
  });
});

async function refusals(): Promise<number> {
  const rows = await s.sql`select count(*)::int as n from audit_events where action = 'access.refuse'`;
  return rows[0]!.n as number;
}
