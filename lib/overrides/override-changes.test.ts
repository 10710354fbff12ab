import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Actor, TokenActor } from '@/lib/people/actor';
import { addDays } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { changeSetting } from '@/lib/settings/change-setting';
import { applyDueOverrideChanges } from './apply-due-override-changes';
import { approveOverrideChange } from './approve-override-change';
import { cancelOverrideChange } from './cancel-override-change';
import { countOverrideChanges } from './count-override-changes';
import { listOverrideChanges } from './list-override-changes';
import { previewOverrideChange } from './preview-override-change';
import { requestOverrideChange } from './request-override-change';
import { requestOverrideRun } from './request-override-run';
import { FILES, LOGS, type OverrideWorld, overrideWorld, REASON } from './testing/override-world';

let database: TestDatabase;
let w: OverrideWorld;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sql`delete from settings`;
  // Nothing of one test waits in the next.
  await database.sql`update override_changes set state = 'cancelled' where state = 'scheduled'`;
  w = await overrideWorld(database);
});

describe('what lengthens', () => {
  test('L4, E8: takes effect at once, with the dates, and says so', async () => {
    const { challengeId, submissionId } = await w.challenge();
    expect(await w.dateOf(submissionId)).toEqual(new Date('2026-12-05T09:00:00Z'));

    const done = await w.request(challengeId, FILES, 90);

    expect(done).toMatchObject({ state: 'in-force', datesChanged: 1, filesBeingDeleted: 0 });
    expect(await w.dateOf(submissionId)).toEqual(new Date('2027-01-30T00:00:00Z'));
    expect(await w.overridesOf(challengeId)).toEqual({ files: 90, logs: null });
    expect(await w.change(done.changeId)).toMatchObject({
      oldDays: null,
      newDays: 90,
      shortens: false,
      state: 'in-force',
      endedAt: w.clock.now(),
      announcedAt: null,
    });
    // Nothing is to be announced.
    expect(await w.sentEvents('lapse/override-changes.requested')).toEqual([]);
  });

  test('E5, E14: the log override is the artifacts’ too when they have none, and the logs are told', async () => {
    const { challengeId, submissionId } = await w.challenge();
    const before = (await w.sentEvents('lapse/log-retention.requested')).length;
    expect(await w.request(challengeId, LOGS, 90)).toMatchObject({ state: 'in-force', datesChanged: 1 });
    expect(await w.dateOf(submissionId)).toEqual(new Date('2027-01-30T00:00:00Z'));
    const events = await w.sentEvents('lapse/log-retention.requested');
    expect(events.length).toBe(before + 1);
    expect(events.map(({ data }) => data)).toContainEqual({ challengeId });
  });

  test('L4: removing a shorter override goes back to 30 days, which is longer', async () => {
    const { challengeId, submissionId } = await w.challenge({ artifactRetentionDaysOverride: 20 });
    expect(await w.request(challengeId, FILES, null)).toMatchObject({ state: 'in-force' });
    expect(await w.dateOf(submissionId)).toEqual(new Date('2026-12-05T09:00:00Z'));
  });

  test('L7: says how many files a run was deleting already', async () => {
    const { challengeId, submissionId } = await w.challenge();
    await database.sql`update artifacts set state = 'deleting' where submission_id = ${submissionId} and kind = 'input_file'`;
    expect(await w.request(challengeId, FILES, 90)).toMatchObject({ filesBeingDeleted: 1 });
  });

  test('L4: takes the place of a shortening that waits', async () => {
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const short = await w.request(challengeId, FILES, 40);
    w.clock.set('2026-11-22T09:00:00Z');
    const long = await w.request(challengeId, FILES, 120);
    expect(long.supersededId).toBe(short.changeId);
    expect(await w.change(short.changeId)).toMatchObject({
      state: 'superseded',
      endedAt: w.clock.now(),
      announcedAt: null,
    });
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 120 });
  });
});

describe('what shortens', () => {
  test('L4: changes nothing yet, and is announced right after', async () => {
    const { challengeId, submissionId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const before = await w.dateOf(submissionId);
    const runs = (await w.sentEvents('lapse/override-changes.requested')).length;
    const done = await w.request(challengeId, FILES, 40);
    expect(done).toMatchObject({ state: 'scheduled', datesChanged: 0 });
    expect(done.impact).toEqual({
      daysBefore: { artifacts: 90, logs: 30 },
      daysAfter: { artifacts: 40, logs: 30 },
      submissions: 1,
      files: 2,
      bytes: 3000,
      filesOfUnknownSize: 0,
      keptAnyway: 0,
      earliestBefore: '2027-01-30T00:00:00.000Z',
      earliestAfter: '2026-12-11T00:00:00.000Z',
      filesCovered: 2,
    });
    expect(await w.dateOf(submissionId)).toEqual(before);
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 90 });
    expect(await w.sentEvents('lapse/override-changes.requested')).toHaveLength(runs + 1);
  });

  test.each([
    // [overrides of files and logs, the change, what it is]
    [{ files: null, logs: 90 }, LOGS, 60, 'scheduled', { artifacts: 60, logs: 60 }],
    [{ files: 60, logs: 90 }, LOGS, 60, 'scheduled', { artifacts: 60, logs: 60 }],
    [{ files: null, logs: 90 }, LOGS, null, 'scheduled', { artifacts: 30, logs: 30 }],
    [{ files: 60, logs: 90 }, FILES, null, 'in-force', { artifacts: 90, logs: 90 }],
    [{ files: 60, logs: 40 }, FILES, null, 'scheduled', { artifacts: 40, logs: 40 }],
    [{ files: null, logs: 40 }, FILES, 35, 'scheduled', { artifacts: 35, logs: 40 }],
    [{ files: null, logs: null }, FILES, 30, 'in-force', { artifacts: 30, logs: 30 }],
    [{ files: null, logs: null }, LOGS, 29, 'scheduled', { artifacts: 29, logs: 29 }],
    [{ files: 30, logs: null }, LOGS, 31, 'in-force', { artifacts: 30, logs: 31 }],
  ] as const)('L4, E5: with %j, %s = %j is %s', async (overrides, field, days, state, daysAfter) => {
    const { challengeId } = await w.challenge({
      artifactRetentionDaysOverride: overrides.files,
      logRetentionDaysOverride: overrides.logs,
    });
    const preview = await previewOverrideChange(w.admin, { challengeId, field, days });
    expect(preview).toMatchObject({ shortens: state === 'scheduled', impact: { daysAfter } });
    expect(await w.request(challengeId, field, days)).toMatchObject({ state, impact: { daysAfter } });
  });

  test('L4: a later one takes its place; the same value again is none', async () => {
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const first = await w.request(challengeId, FILES, 40);
    const preview = await previewOverrideChange(w.admin, { challengeId, field: FILES, days: 60 });
    expect(preview.replaces).toEqual({ newDays: 40, announcedAt: null });
    const second = await w.request(challengeId, FILES, 60);
    expect(second).toMatchObject({ state: 'scheduled', supersededId: first.changeId });
    expect((await w.changesOf(challengeId)).map(({ state }) => state).sort()).toEqual([
      'scheduled',
      'superseded',
    ]);
    await expect(w.request(challengeId, FILES, 90)).rejects.toMatchObject({ code: 'conflict' });
    const none = await w.challenge();
    await expect(w.request(none.challengeId, LOGS, null)).rejects.toThrow('There is no such override');
  });

  test('L4: two fields may each have one that waits', async () => {
    const { challengeId } = await w.challenge({
      artifactRetentionDaysOverride: 90,
      logRetentionDaysOverride: 90,
    });
    await w.request(challengeId, FILES, 40);
    await w.request(challengeId, LOGS, 40);
    expect((await w.changesOf(challengeId)).map(({ state }) => state)).toEqual(['scheduled', 'scheduled']);
  });
});

describe('the preview', () => {
  test('L4: names the submissions with old and new date, and what keeps them anyway', async () => {
    const { challengeId, phaseId } = await w.challenge({ artifactRetentionDaysOverride: 200 });
    const active = await w.submission(phaseId, [null], { status: 'running' });
    // Its own postponement keeps it longer than either period.
    await w.submission(phaseId, [5], { retentionPostponedUntil: new Date('2028-01-01T00:00:00Z') });
    const preview = await previewOverrideChange(w.admin, { challengeId, field: FILES, days: 1 });
    // The rule would say 2 November; but nothing goes before the hosts could have been told for 14 days.
    expect(preview.notBefore).toEqual(new Date('2026-12-06T00:00:00Z'));
    expect(preview).toMatchObject({
      oldDays: 200,
      newDays: 1,
      shortens: true,
      needsApproval: false,
      impact: {
        submissions: 2,
        files: 3,
        bytes: 3000,
        filesOfUnknownSize: 1,
        keptAnyway: 1,
        earliestBefore: '2027-05-20T00:00:00.000Z',
        earliestAfter: '2026-12-06T00:00:00.000Z',
        filesCovered: 4,
      },
    });
    expect(preview.affected).toHaveLength(2);
    expect(preview.affected.at(-1)).toMatchObject({
      submissionId: active.id,
      before: new Date('2027-05-20T00:00:00Z'),
      after: new Date('2026-12-06T00:00:00Z'),
      reason: 'still-active',
    });
    expect(await w.changesOf(challengeId)).toEqual([]);
  });

  test('L4: lists at most 20, counts all, and leaves out what goes before it takes effect', async () => {
    const { challengeId, phaseId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    for (let count = 0; count < 24; count += 1) await w.submission(phaseId, []);
    const long = await previewOverrideChange(w.admin, { challengeId, field: FILES, days: 50 });
    expect(long.affected).toHaveLength(20);
    expect(long.impact.submissions).toBe(25);
    const soon = await w.challenge({ artifactRetentionDaysOverride: 35 });
    const none = await previewOverrideChange(w.admin, {
      challengeId: soon.challengeId,
      field: FILES,
      days: 31,
    });
    expect(none).toMatchObject({ shortens: true, affected: [], impact: { submissions: 0, filesCovered: 2 } });
  });
});

describe('what days may be (L10)', () => {
  test.each([
    [LOGS, 0, '0 is not allowed: use a whole number of days from 1 to 3653'],
    [LOGS, 3654, '3654 is not allowed: use a whole number of days from 1 to 3653'],
    [FILES, -1, '-1 is not allowed: use a whole number of days from 1 to 36,500'],
    [FILES, 36_501, '36501 is not allowed: use a whole number of days from 1 to 36,500'],
    [FILES, 1.5, '1.5 is not allowed'],
    [FILES, Number.NaN, 'NaN is not a number'],
    [FILES, Number.POSITIVE_INFINITY, 'Infinity is not a number'],
    [FILES, 2 ** 53, '9007199254740992 is not allowed'],
    [FILES, '30', '"30" is not a number: use a whole number of days from 1 to 36,500'],
    [FILES, undefined, 'nothing is not a number'],
    ['retention_days', 30, 'use one of log_retention_days_override, artifact_retention_days_override'],
  ])('%s = %s is refused', async (field, days, message) => {
    const { challengeId } = await w.challenge();
    const args = { challengeId, field, days, reason: REASON } as Parameters<typeof requestOverrideChange>[1];
    await expect(requestOverrideChange(w.admin, args)).rejects.toThrow(message);
    expect(await w.changesOf(challengeId)).toEqual([]);
  });

  test('the ends of the ranges are allowed; a reason must be given', async () => {
    const { challengeId } = await w.challenge();
    expect(await w.request(challengeId, LOGS, 3653)).toMatchObject({ state: 'in-force' });
    expect(await w.request(challengeId, FILES, 36_500)).toMatchObject({ state: 'in-force' });
    expect(await w.request(challengeId, FILES, 1)).toMatchObject({ state: 'scheduled' });
    await expect(
      requestOverrideChange(w.admin, { challengeId, field: FILES, days: 2, reason: ' ' }),
    ).rejects.toThrow('give a reason');
    await expect(w.request(999_999, FILES, 2)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the second admin', () => {
  const waiting = async () => {
    await w.limitFiles(1);
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId, state } = await w.request(challengeId, FILES, 40);
    expect(state).toBe('awaiting-approval');
    return { challengeId, changeId };
  };

  test('L4: must approve what covers more files than the limit; nobody is told before', async () => {
    const { changeId } = await waiting();
    expect(await w.run()).toMatchObject({ announced: 0 });
    await expect(approveOverrideChange(w.admin, { changeId })).rejects.toThrow('another admin must');
    await approveOverrideChange(w.otherAdmin, { changeId });
    expect(await w.change(changeId)).toMatchObject({
      state: 'scheduled',
      approvedBy: (w.otherAdmin.actor as { personId: number }).personId,
      approvedAt: w.clock.now(),
    });
    expect(await w.run()).toMatchObject({ announced: 1 });
    await expect(approveOverrideChange(w.otherAdmin, { changeId })).rejects.toThrow('approved already');
  });

  test('L4: is needed although nothing has a date before the hosts consent', async () => {
    await w.limitFiles(1);
    const row = await w.challenge({ artifactRetentionDaysOverride: 90 }, []);
    const done = await w.request(row.challengeId, FILES, 40);
    expect(done).toMatchObject({ state: 'awaiting-approval', impact: { submissions: 0, filesCovered: 2 } });
  });

  test('L4: is not needed at the limit, nor for logs alone', async () => {
    await w.limitFiles(2);
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const at = await w.request(challengeId, FILES, 40);
    expect(at.state).toBe('scheduled');
    await expect(approveOverrideChange(w.otherAdmin, { changeId: at.changeId })).rejects.toThrow(
      'needs no approval',
    );
    await w.limitFiles(0);
    expect(await w.request(challengeId, LOGS, 5)).toMatchObject({ state: 'scheduled' });
  });

  test.each([
    ['before the hosts are told', false],
    ['after it', true],
  ])('L4: cannot be got round by two harmless changes, the second %s', async (_, toldFirst) => {
    await w.limitFiles(1);
    const { challengeId } = await w.challenge({
      artifactRetentionDaysOverride: 90,
      logRetentionDaysOverride: 90,
    });
    // Each by itself takes nothing from files: they have an override of their own, and then follow 90 days of logs.
    const { changeId, state } = await w.request(challengeId, LOGS, 1);
    expect(state).toBe('scheduled');
    if (toldFirst) expect(await w.run()).toMatchObject({ announced: 1 });
    expect(await w.request(challengeId, FILES, null)).toMatchObject({ state: 'in-force' });
    if (toldFirst) w.clock.set('2026-12-07T09:00:00Z');

    expect(await w.run()).toEqual({ applied: 0, announced: 0, failed: 0, stopped: null });
    expect(await w.change(changeId)).toMatchObject({
      state: 'awaiting-approval',
      needsApproval: true,
      approvedBy: null,
      announcedAt: null,
      takesEffectAt: null,
      impact: { daysAfter: { artifacts: 1, logs: 1 }, filesCovered: 2 },
    });
    const events = await w.auditOf(`override:${changeId}`);
    expect(events.find(({ action, newValue }) => action === 'override.announce' && newValue)).toBeDefined();
    await expect(approveOverrideChange(w.admin, { changeId })).rejects.toThrow('another admin must');
    w.clock.set('2027-06-01T09:00:00Z');
    await w.run();
    expect(await w.overridesOf(challengeId)).toEqual({ files: null, logs: 90 });
    await approveOverrideChange(w.otherAdmin, { changeId });
    expect(await w.run()).toMatchObject({ announced: 1, applied: 0 });
    expect(await w.change(changeId)).toMatchObject({ state: 'scheduled', announcedAt: w.clock.now() });
  });

  test('L4: who approved 40 days for files has not approved 1 day', async () => {
    await w.limitFiles(1);
    const { challengeId } = await w.challenge({
      artifactRetentionDaysOverride: 90,
      logRetentionDaysOverride: 40,
    });
    // Of logs alone, because files have 90 days of their own until the next change takes effect.
    expect(await w.request(challengeId, LOGS, 1)).toMatchObject({ state: 'scheduled' });
    w.clock.set('2026-11-21T10:00:00Z');
    const { changeId } = await w.request(challengeId, FILES, null);
    await approveOverrideChange(w.otherAdmin, { changeId });
    expect(await w.run()).toMatchObject({ announced: 2 });
    expect(await w.change(changeId)).toMatchObject({ impact: { daysAfter: { artifacts: 40 } } });

    w.clock.set('2026-12-06T09:00:00Z');
    expect(await w.run()).toEqual({ applied: 1, announced: 0, failed: 0, stopped: null });
    expect(await w.overridesOf(challengeId)).toEqual({ files: 90, logs: 1 });
    expect(await w.change(changeId)).toMatchObject({
      state: 'awaiting-approval',
      approvedBy: null,
      approvedAt: null,
      impact: { daysAfter: { artifacts: 1 } },
    });
  });

  test('L4: two at once are one approval', async () => {
    const { changeId } = await waiting();
    const third = w.as(await w.person({ role: 'admin' }));
    const outcomes = await Promise.allSettled([
      approveOverrideChange(w.otherAdmin, { changeId }),
      approveOverrideChange(third, { changeId }),
      approveOverrideChange(w.otherAdmin, { changeId }),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    }
  });

  test('L4: no command, job, token or dismissed admin can be it, nor the maker of the token that asked', async () => {
    await w.limitFiles(1);
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const owner = await w.person({ role: 'admin' });
    const tokenId = newId();
    await w.db.insert(apiTokens).values({
      id: tokenId,
      name: 'platform',
      tokenHash: tokenId,
      prefix: 'x',
      scopes: [],
      createdBy: owner.personId,
      createdAt: w.clock.now(),
      expiresAt: new Date('2030-01-01T00:00:00Z'),
    });
    const token: TokenActor = {
      type: 'token',
      tokenId,
      name: 'platform',
      permissions: new Set(['retention.write']),
      actsFor: null,
    };
    const { changeId } = await w.request(challengeId, FILES, 40, w.as(token));
    const dismissed = await w.person({ role: 'admin', disabledAt: w.clock.now() });
    const demoted = await w.person({ role: 'admin' });
    await w.db.update(people).set({ role: 'auditor' }).where(eq(people.id, demoted.personId));
    const others: Actor[] = [owner, token, dismissed, demoted, { type: 'cli', osUser: 'root' }, w.job.actor];
    for (const actor of others) {
      await expect(approveOverrideChange(w.as(actor), { changeId })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    await approveOverrideChange(w.otherAdmin, { changeId });
  });
});

describe('L4: a limit that was raised, and an admin who was just made', () => {
  test('a raised limit lets nobody past the second admin for 7 days', async () => {
    await w.limitFiles(1);
    await changeSetting(w.admin, { name: 'approval.above-files', value: 500, reason: REASON });
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    expect(await w.request(challengeId, FILES, 40)).toMatchObject({ state: 'awaiting-approval' });
    w.clock.set(addDays(w.clock.now(), 7));
    expect(await w.request(challengeId, FILES, 30)).toMatchObject({ state: 'scheduled' });
  });

  test('who was no admin 7 days before it was asked for cannot approve it, also later', async () => {
    await w.limitFiles(1);
    const puppet = w.as(await w.person({ role: 'admin', adminSince: w.clock.now() }));
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(challengeId, FILES, 40);
    for (const day of [0, 30]) {
      w.clock.set(addDays(w.clock.now(), day));
      await expect(approveOverrideChange(puppet, { changeId })).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringMatching(/^You are an admin since .* on\.$/),
      });
    }
    const whyNot = async (ctx = w.admin) =>
      (await listOverrideChanges(ctx, { challengeId })).changes[0]?.whyNotApprove;
    expect(await whyNot(puppet)).toContain('your approval counts for what is made 7 days after');
    expect(await whyNot()).toBe('Another admin must approve it.');
    expect(await whyNot(w.otherAdmin)).toBeNull();
    const next = await w.request(challengeId, FILES, 50);
    await approveOverrideChange(puppet, { changeId: next.changeId });
  });
});

describe('B2, L4: a shortening that no known person asked for', () => {
  const SHELL: Actor = { type: 'cli', osUser: 'root' };
  const personOf = (ctx: typeof w.admin) => (ctx.actor as { personId: number }).personId;
  const byShell = async () => {
    await w.limitFiles(1);
    // Without a period of its own, files follow that of the logs.
    const { challengeId } = await w.challenge({ logRetentionDaysOverride: 90 });
    const done = await w.request(challengeId, LOGS, 40, w.as(SHELL));
    expect(done).toMatchObject({ state: 'awaiting-approval' });
    return { challengeId, changeId: done.changeId };
  };

  test('needs two admins: with a shell and a browser one person would be enough', async () => {
    const { challengeId, changeId } = await byShell();
    expect(await approveOverrideChange(w.admin, { changeId })).toMatchObject({ state: 'awaiting-approval' });
    expect(await w.change(changeId)).toMatchObject({
      state: 'awaiting-approval',
      firstApprovedBy: personOf(w.admin),
      approvedBy: null,
    });
    expect(await w.run()).toMatchObject({ announced: 0 });
    await expect(approveOverrideChange(w.admin, { changeId })).rejects.toMatchObject({
      code: 'conflict',
      message: 'You have approved this change; another admin must approve it as well.',
    });
    const row = async (ctx: typeof w.admin) =>
      (await listOverrideChanges(ctx, { challengeId, which: 'open' })).changes[0];
    expect((await row(w.admin))?.whyNotApprove).toBe('You have approved it; another admin must as well.');
    expect(await row(w.otherAdmin)).toMatchObject({
      whyNotApprove: null,
      firstApprovedBy: expect.any(String),
    });
    expect(await approveOverrideChange(w.otherAdmin, { changeId })).toMatchObject({ state: 'scheduled' });
    expect(await w.change(changeId)).toMatchObject({
      state: 'scheduled',
      firstApprovedBy: personOf(w.admin),
      approvedBy: personOf(w.otherAdmin),
    });
    expect(await w.run()).toMatchObject({ announced: 1 });
  });

  test('waits for two once more when the first is no admin any more', async () => {
    const { changeId } = await byShell();
    const gone = await w.person({ role: 'admin' });
    await approveOverrideChange(w.as(gone), { changeId });
    await w.db.update(people).set({ role: 'host' }).where(eq(people.id, gone.personId));
    expect(await approveOverrideChange(w.admin, { changeId })).toMatchObject({ state: 'awaiting-approval' });
    expect(await approveOverrideChange(w.otherAdmin, { changeId })).toMatchObject({ state: 'scheduled' });
  });

  test('is approved by two, not by one twice at once', async () => {
    const { changeId } = await byShell();
    const results = await Promise.allSettled([
      approveOverrideChange(w.admin, { changeId }),
      approveOverrideChange(w.admin, { changeId }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await w.change(changeId)).toMatchObject({ state: 'awaiting-approval' });
  });
});

describe('who may (L8)', () => {
  test('hosts and auditors change nothing, at no verb, and each refusal is an event', async () => {
    await w.limitFiles(1);
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(challengeId, FILES, 40);
    const auditor = await w.person({ role: 'auditor' });
    for (const actor of [w.host, auditor, { type: 'anonymous' } as const]) {
      const ctx = w.as(actor);
      const change = { challengeId, field: FILES, days: 60 } as const;
      for (const verb of [
        () => previewOverrideChange(ctx, change),
        () => requestOverrideChange(ctx, { ...change, reason: REASON }),
        () => approveOverrideChange(ctx, { changeId }),
        () => cancelOverrideChange(ctx, { changeId, reason: REASON }),
        () => requestOverrideRun(ctx),
        () => applyDueOverrideChanges(ctx),
      ]) {
        await expect(verb()).rejects.toMatchObject({ code: 'forbidden' });
      }
    }
    expect(await w.change(changeId)).toMatchObject({ state: 'awaiting-approval' });
    const events = await w.auditOf(`override:${changeId}`);
    expect(events.map(({ action, result }) => `${action} ${result}`).sort()).toEqual(
      ['approve', 'cancel'].flatMap((verb) => Array(3).fill(`override.${verb} error`)),
    );
    const refused = (await w.auditOf(`challenge:${challengeId}`)).filter(({ result }) => result === 'error');
    expect(refused.map(({ action }) => action).sort()).toEqual([
      ...Array(3).fill('access.refuse'),
      ...Array(3).fill('override.change'),
    ]);
  });

  test('L8: asking leaves old and new value with the reason; so does cancelling', async () => {
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(challengeId, FILES, 40);
    await cancelOverrideChange(w.otherAdmin, { changeId, reason: 'not needed any more' });
    const events = await w.auditOf(`challenge:${challengeId}`);
    expect(events.find(({ action }) => action === 'override.change')).toMatchObject({
      result: 'success',
      reason: REASON,
      oldValue: { [FILES]: 90 },
      newValue: { changeId, [FILES]: 40, state: 'scheduled' },
    });
    expect(await w.auditOf(`override:${changeId}`)).toMatchObject([
      { action: 'override.cancel', result: 'success', reason: 'not needed any more' },
    ]);
  });

  test('hosts see what they were told of their challenge, and no names; others’ changes are not there', async () => {
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(challengeId, FILES, 40);
    const host = w.as(w.host);
    expect((await listOverrideChanges(host, { challengeId })).changes).toEqual([]);
    await w.run();
    expect((await listOverrideChanges(host, { challengeId })).changes).toMatchObject([
      { id: changeId, state: 'scheduled', requestedBy: null, recipients: [], newDays: 40 },
    ]);
    const stranger = w.as(await w.person());
    await expect(listOverrideChanges(stranger, { challengeId })).rejects.toMatchObject({ code: 'not_found' });
    for (const verb of [() => listOverrideChanges(host), () => countOverrideChanges(host)]) {
      await expect(verb()).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});

describe('the list', () => {
  test('O6: pages by keyset lose and repeat nothing; open and ended ones apart', async () => {
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    // All within one instant.
    for (const days of [80, 70, 60, 50, 40]) await w.request(challengeId, FILES, days);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listOverrideChanges(w.admin, {
        challengeId,
        limit: 2,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.changes.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen.toSorted()).toEqual((await w.changesOf(challengeId)).map(({ id }) => id).toSorted());
    const open = await listOverrideChanges(w.admin, { challengeId, which: 'open' });
    expect(open.changes).toMatchObject([{ newDays: 40, requestedBy: expect.stringContaining('person') }]);
    expect((await listOverrideChanges(w.admin, { challengeId, which: 'ended' })).changes).toHaveLength(4);
  });
});
