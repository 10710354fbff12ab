import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { challengePhases, challenges, submissions } from '@/db/schema/challenges';
import { jobRuns, outbox } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { loadJobRun } from '@/lib/jobs/job-run';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { postponeSubmission } from './postpone-submission';
import { recomputeAllDates } from './recompute-all-dates';
import { requestRecompute } from './request-recompute';
import { type Scenario, scenario } from './testing/scenario';

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

const dateOf = async (id: number) =>
  (await s.db.select().from(submissions).where(eq(submissions.id, id)))[0]!.retentionEligibleDate;
async function consented() {
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id);
  await giveConsent(s.as(host), { challengeId: challenge.id, channel: 'api' });
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}

describe('recomputing all dates', () => {
  test('E8, E17: a change of a phase or an override reaches every date, over many pages', async () => {
    const { challengeId, phaseId, submissionId } = await consented();
    // More challenges than fit on one page, by SQL.
    await s.sql`insert into challenges (title, creator_team_id)
      select 'filler ' || number, (select creator_team_id from challenges where id = ${challengeId})
      from generate_series(1, 230) number`;
    const last = await consented();
    expect(last.challengeId).toBeGreaterThan(challengeId + 200);
    for (const id of [challengeId, last.challengeId]) {
      await s.db.update(challenges).set({ logRetentionDaysOverride: 200 }).where(eq(challenges.id, id));
    }
    const done = await recomputeAllDates(admin);
    expect(done).toMatchObject({ datesChanged: 2, stopped: false });
    expect(done.challenges).toBeGreaterThan(230);
    for (const id of [submissionId, last.submissionId]) {
      expect(await dateOf(id)).toEqual(new Date('2027-03-20T00:00:00Z'));
    }
    await s.db.update(challengePhases).set({ isPublic: true }).where(eq(challengePhases.id, phaseId));
    expect(await recomputeAllDates(admin)).toMatchObject({ datesChanged: 1 });
    expect(await dateOf(submissionId)).toBeNull();
    expect(await recomputeAllDates(admin)).toMatchObject({ datesChanged: 0 });
  });

  test('E17: a challenge with more submissions than are done at once goes by in parts, each of them once', async () => {
    const { phaseId } = await consented();
    await s.sql`insert into submissions (phase_id, participant_team_name, status, submitted_at)
      select ${phaseId}, 'many', 'finished', now() from generate_series(1, 45000)`;
    const run = await requestRecompute(admin);
    const done = await recomputeAllDates(admin, { jobRunId: run.id });
    expect(done).toMatchObject({ datesChanged: 45_000, stopped: false });
    const [all] = await s.sql`select count(*)::int as challenges from challenges`;
    expect(done.challenges).toBe(all!.challenges);
    const [dates] = await s.sql`
      select count(*)::int as dated, count(distinct retention_eligible_date)::int as different
      from submissions where phase_id = ${phaseId} and retention_eligible_date is not null`;
    expect(dates).toEqual({ dated: 45_001, different: 1 });
    expect(await recomputeAllDates(admin)).toMatchObject({ datesChanged: 0 });
    await s.sql`delete from submissions where phase_id = ${phaseId} and participant_team_name = 'many'`;
  });

  test('E4: every date without a consent that is in force goes, however it came there', async () => {
    const challenge = await s.challenge([host]);
    const phase = await s.phase(challenge.id);
    const forged = await s.submission(phase.id, [], {
      retentionEligibleDate: new Date('2020-01-01T00:00:00Z'),
    });
    await recomputeAllDates(admin);
    expect(await dateOf(forged.id)).toBeNull();
  });

  test('a run shows its progress and its end, and can be stopped', async () => {
    const run = await requestRecompute(admin);
    expect(run).toMatchObject({ state: 'queued', trigger: 'manual' });
    const sent = await s.db.select().from(outbox).where(eq(outbox.name, 'lapse/retention-dates.requested'));
    expect(sent.map((event) => event.data)).toContainEqual({ jobRunId: run.id });
    await recomputeAllDates(s.as({ type: 'system', job: 'dates' }), { jobRunId: run.id });
    expect(await loadJobRun(s.db, run.id)).toMatchObject({
      state: 'succeeded',
      summary: expect.stringMatching(/^No date changed in \d+ challenges\.$/),
      counts: { datesChanged: 0 },
      heartbeatAt: s.clock.now(),
    });

    const stopped = await requestRecompute(s.as({ type: 'cli', osUser: 'root' }));
    expect(stopped.trigger).toBe('cli');
    await s.db.update(jobRuns).set({ stopRequestedAt: s.clock.now() }).where(eq(jobRuns.id, stopped.id));
    expect(await recomputeAllDates(admin, { jobRunId: stopped.id })).toMatchObject({
      stopped: true,
      challenges: 100,
    });
    expect(await loadJobRun(s.db, stopped.id)).toMatchObject({ state: 'stopped' });
  });

  test('L8: hosts and auditors may neither run nor ask', async () => {
    const auditor = await s.person({ role: 'auditor' });
    for (const actor of [host, auditor]) {
      await expect(recomputeAllDates(s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
      await expect(requestRecompute(s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('it waits for a decision that is being made, and sees it', async () => {
    const { challengeId, submissionId } = await consented();
    let running: Promise<unknown> = Promise.resolve();
    await s.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from challenges where id = ${challengeId} for update`);
      running = recomputeAllDates(admin);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx
        .update(challenges)
        .set({ artifactRetentionDaysOverride: 300 })
        .where(eq(challenges.id, challengeId));
    });
    await running;
    expect(await dateOf(submissionId)).toEqual(new Date('2027-06-28T00:00:00Z'));
  });
});

describe('postponing a submission', () => {
  const reason = 'its authors appeal';

  test('E9, L4: keeps one submission longer, at once, and leaves reason, old and new value', async () => {
    const { challengeId, phaseId, submissionId } = await consented();
    const other = await s.submission(phaseId);
    const result = await postponeSubmission(admin, { submissionId, until: '2027-05-01', reason });
    expect(result).toEqual({
      submissionId,
      challengeId,
      postponedUntil: new Date('2027-05-01T00:00:00Z'),
      eligibleDate: new Date('2027-05-01T00:00:00Z'),
      filesBeingDeleted: 0,
    });
    expect(await dateOf(submissionId)).toEqual(new Date('2027-05-01T00:00:00Z'));
    expect(await dateOf(other.id)).toEqual(new Date('2026-12-05T09:00:00Z'));
    const [row] = await s.db.select().from(submissions).where(eq(submissions.id, submissionId));
    expect(row?.retentionOverrideReason).toBe(reason);
    const audit = await s.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.target, `submission:${submissionId}`));
    expect(audit).toMatchObject([
      {
        action: 'submission.postpone',
        result: 'success',
        reason,
        oldValue: { postponedUntil: null, eligibleDate: '2026-12-05T09:00:00.000Z' },
        newValue: { postponedUntil: '2027-05-01T00:00:00.000Z' },
      },
    ]);
  });

  test('E9: it only lengthens', async () => {
    const { submissionId } = await consented();
    await postponeSubmission(admin, { submissionId, until: '2027-05-01', reason });
    for (const until of ['2027-04-30', '2027-05-01']) {
      await expect(postponeSubmission(admin, { submissionId, until, reason })).rejects.toThrow(
        /postponed until 2027-05-01 already/,
      );
    }
    await postponeSubmission(admin, { submissionId, until: '2027-05-02', reason });
    expect(await dateOf(submissionId)).toEqual(new Date('2027-05-02T00:00:00Z'));
  });

  test('L4: a date before what the rule says anyway changes nothing now', async () => {
    const { submissionId } = await consented();
    const done = await postponeSubmission(admin, { submissionId, until: '2026-11-25', reason });
    expect(done.eligibleDate).toEqual(new Date('2026-12-05T09:00:00Z'));
    expect(await dateOf(submissionId)).toEqual(new Date('2026-12-05T09:00:00Z'));
  });

  test('what is deleted cannot be kept', async () => {
    const { submissionId } = await consented();
    await s.db.update(submissions).set({ isArtifactDeleted: true }).where(eq(submissions.id, submissionId));
    await expect(
      postponeSubmission(admin, { submissionId, until: '2027-05-01', reason }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  test.each([
    [{ until: '2026-11-21' }, /2026-11-21 is not allowed: use a day from 2026-11-22 to 2126/],
    [{ until: '9999-12-31' }, /9999-12-31 is not allowed/],
    [{ until: '2027-02-30' }, /give a day/],
    [{ until: '2027-05-01T12:00:00Z' }, /give a day/],
    [{ until: 30 }, /give a day/],
    [{ reason: '' }, /give a reason/],
    [{ submissionId: -1 }, /-1 is not allowed/],
  ])('L10: %j is refused', async (wrong, message) => {
    const { submissionId } = await consented();
    const input = { submissionId, until: '2027-05-01', reason, ...wrong } as Parameters<
      typeof postponeSubmission
    >[1];
    await expect(postponeSubmission(admin, input)).rejects.toThrow(message);
  });

  test('E9, L8: only admins may, and a refusal is an event', async () => {
    const { submissionId } = await consented();
    const input = { submissionId, until: '2027-05-01', reason };
    await expect(postponeSubmission(s.as(host), input)).rejects.toMatchObject({ code: 'forbidden' });
    const audit = await s.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.target, `submission:${submissionId}`));
    expect(audit).toMatchObject([{ result: 'error', actor: `user:${host.personId}` }]);
  });
});
