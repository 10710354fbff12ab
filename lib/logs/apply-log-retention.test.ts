import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { challenges } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { outbox } from '@/db/schema/jobs';
import { people } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { CloudWatchTestServer } from '@/lib/platform/log-store/testing/cloudwatch-test-server';
import { applyLogRetention } from './apply-log-retention';
import { listLogGroups } from './list-log-groups';
import { LogWorld } from './testing/log-world';

let database: TestDatabase;
let server: CloudWatchTestServer;
let w: LogWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  server = await CloudWatchTestServer.start();
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  w = await LogWorld.open(database, server);
});
afterEach(() => w.close());

const setChallenge = (values: Partial<typeof challenges.$inferInsert>) =>
  w.s.db.update(challenges).set(values).where(eq(challenges.id, w.challengeId));

describe('setting', () => {
  test('E13, L2: tells every host first, then sets the smallest value that keeps the oldest event long enough', async () => {
    w.addGroup();
    await w.give();
    let policyAtMail: number | null | undefined;
    w.s.mailer.answer = () => {
      policyAtMail ??= w.group.retentionDays;
    };
    const result = await w.apply();
    // From the first event, 10 days ago, to 30 days after the end in 20 days.
    expect(result).toMatchObject({
      state: 'applied',
      changed: 'set',
      wantedDays: 60,
      appliedDays: 60,
      oldestEventAt: w.day(-10),
      storedBytes: 1_000,
      expiresFrom: w.day(50),
      hostsToldAt: w.s.clock.now(),
      keptUntil: w.day(50),
      explanation: 'Each event is kept 60 days.',
    });
    expect(w.group.retentionDays).toBe(60);
    expect(policyAtMail).toBeNull();
    expect(w.s.mailer.sent.map(({ to }) => to).sort()).toEqual(
      w.hosts.map(({ username }) => `${username}@example.org`).sort(),
    );
    const [mail] = w.s.mailer.sent;
    expect(mail?.subject).toMatch(/^Worker logs will expire from 10 January 2027: Challenge/);
    expect(mail?.text).toContain(`${w.name}) will be kept 60 days`);
    expect(mail?.text).toContain('by its own age');
    const [consent] = await w.s.db
      .select()
      .from(consentEvents)
      .where(eq(consentEvents.challengeId, w.challengeId));
    const [notice] = await w.notices();
    expect(await w.row()).toMatchObject({
      consentEventId: consent?.id,
      settingDays: null,
      previousDays: null,
    });
    expect(await w.audit('log-retention.set')).toMatchObject([
      {
        result: 'success',
        actor: 'system:apply-log-retention',
        oldValue: { group: w.name, retentionDays: null },
        newValue: { retentionDays: 60, consentEventId: consent?.id, noticeId: notice?.id },
      },
    ]);
    expect(await w.audit('notice.send')).toMatchObject([{ result: 'success', newValue: { days: 60 } }]);
  });

  test('L9: again changes nothing, tells nobody and leaves no trace in the audit log', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    server.calm();
    expect(await w.apply()).toMatchObject({ state: 'applied', changed: null });
    expect(server.requests).not.toContain('PutRetentionPolicy');
    expect(w.s.mailer.sent).toHaveLength(2);
    expect(await w.audit('log-retention.set')).toHaveLength(1);
  });

  test('L1: without consent the service is not even asked, and nobody is told', async () => {
    w.addGroup(14);
    expect(await w.apply()).toMatchObject({ state: 'none', why: 'no-consent', appliedDays: null });
    expect(server.requests).toEqual([]);
    // A flag without its record is no consent.
    const unsound = w.database.owner.sql`
      update challenges set retention_policy_consent = true, consent_event_id = gen_random_uuid(),
        retention_policy_consent_date = now(), retention_policy_consent_by = ${w.hosts[0].personId} where id = ${w.challengeId}`;
    await unsound.catch(() => {});
    expect(await w.apply()).toMatchObject({ state: 'none' });
    expect(w.group.retentionDays).toBe(14);
    expect(w.s.mailer.sent).toHaveLength(0);
  });

  test('L1: consent to a text that did not name logs is none for them', async () => {
    w.addGroup();
    await w.give();
    await w.database.owner.sql`alter table consent_events disable trigger user`;
    await w.database.owner
      .sql`update consent_events set policy_version = '2026-11' where challenge_id = ${w.challengeId}`;
    await w.database.owner.sql`alter table consent_events enable trigger user`;
    expect(await w.apply()).toMatchObject({ state: 'none', why: 'consent-before-logs' });
  });

  test('E13: a missing group is pending, and set once it is there; nobody is told of it before', async () => {
    await w.give();
    expect(await w.apply()).toMatchObject({ state: 'pending', changed: null, appliedDays: null });
    expect(w.s.mailer.sent).toHaveLength(0);
    expect((await w.row())?.nextAttemptAt).toEqual(new Date(w.s.clock.now().getTime() + 30 * 60_000));
    w.addGroup();
    expect(await w.apply()).toMatchObject({ state: 'applied', appliedDays: 60 });
  });

  test('E13: above 3653 days is refused, never shortened; what was set before is taken back', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await setChallenge({ endDate: w.day(4000) });
    expect(await w.apply()).toMatchObject({
      state: 'refused',
      changed: 'removed',
      wantedDays: 4040,
      appliedDays: null,
      explanation: expect.stringContaining('4,040 days'),
    });
    expect(w.group.retentionDays).toBeNull();
  });

  test('L4: a later end lengthens at once; an earlier one only after another mail, and 14 days', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await setChallenge({ endDate: w.day(100) });
    expect(await w.apply()).toMatchObject({ changed: 'set', appliedDays: 150, wantedDays: 140 });
    expect(await w.notices()).toHaveLength(1);
    // Told of 60 days, so back to 60 is not shorter than what they know.
    await setChallenge({ endDate: w.day(20) });
    expect(await w.apply()).toMatchObject({ changed: 'set', appliedDays: 60 });
    expect(await w.notices()).toHaveLength(1);

    await setChallenge({ endDate: w.day(-60) });
    expect(await w.apply()).toMatchObject({ changed: 'set', appliedDays: 30 });
    const [, second] = await w.notices();
    expect(second?.days).toBe(30);
    expect(second?.keptUntil.getTime()).toBeGreaterThanOrEqual(w.day(14).getTime());
    expect(w.day(-10).getTime() + 30 * 86_400_000).toBeGreaterThanOrEqual(second!.keptUntil.getTime());
  });

  test('L4: days stay although the oldest event is younger by now', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    w.s.clock.set(w.day(40));
    w.group.streams = [{ createdAt: w.day(0), firstEventAt: w.day(0) }];
    expect(await w.apply()).toMatchObject({ changed: null, appliedDays: 60, wantedDays: 10 });
  });

  test('E1: a challenge with credentials of its host is not managed: never asked about', async () => {
    w.addGroup();
    await w.give();
    await setChallenge({ useHostCredentials: true });
    expect(await w.apply()).toMatchObject({ state: 'none', why: 'not-managed' });
    expect(server.requests).toEqual([]);
  });

  test('other environments have groups of their own, and a decision reaches all of them', async () => {
    w.addGroup();
    server.add(`challenge-pk-${w.challengeId}-staging-workers`, [w.day(-1)]);
    await w.give();
    await w.apply();
    const [staging] = await applyLogRetention(w.job, { challengeId: w.challengeId, environment: 'staging' });
    expect(staging).toMatchObject({
      environment: 'staging',
      state: 'applied',
      appliedDays: 60,
      wantedDays: 51,
    });
    await w.withdraw();
    const results = await applyLogRetention(w.job, { challengeId: w.challengeId });
    expect(results.map(({ environment, changed }) => [environment, changed])).toEqual([
      ['production', 'removed'],
      ['staging', 'removed'],
    ]);
    expect([...server.groups.values()].map(({ retentionDays }) => retentionDays)).toEqual([null, null]);
  });

  test('without a log store nothing is done, and the page says so', async () => {
    await w.give();
    const off = w.as(w.admin, new OffLogStore('production'));
    expect(await w.apply(off)).toMatchObject({
      state: 'none',
      explanation: expect.stringContaining('switched off'),
    });
    expect(await listLogGroups(off, w.challengeId)).toMatchObject({ store: null });
  });
});

describe('taking back', () => {
  test('E13: withdrawal removes the policy that Lapse set, and the request for it commits with the withdrawal', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await w.withdraw();
    const sent = await w.s.db.select().from(outbox).where(eq(outbox.name, 'lapse/log-retention.requested'));
    expect(sent.filter(({ data }) => data.challengeId === w.challengeId)).toHaveLength(2);
    expect(await w.apply()).toMatchObject({
      state: 'none',
      why: 'no-consent',
      changed: 'removed',
      appliedDays: null,
    });
    expect(w.group.retentionDays).toBeNull();
    expect(await w.row()).toMatchObject({ appliedDays: null, previousDays: null, consentEventId: null });
    expect(await w.audit('log-retention.remove')).toMatchObject([
      {
        result: 'success',
        oldValue: { retentionDays: 60 },
        newValue: { retentionDays: null, why: 'no-consent' },
      },
    ]);
    expect(await w.apply()).toMatchObject({ changed: null });
  });

  test('what was set before comes back, when it keeps events at least as long', async () => {
    w.addGroup(400);
    await w.give();
    expect(await w.apply()).toMatchObject({ changed: 'set', appliedDays: 60, previousDays: 400 });
    await w.withdraw();
    expect(await w.apply()).toMatchObject({ changed: 'removed' });
    expect(w.group.retentionDays).toBe(400);
  });

  test('L1: what was set before does not come back when that would delete at once what was kept', async () => {
    w.addGroup(7);
    await w.give();
    expect(await w.apply()).toMatchObject({ appliedDays: 60, previousDays: 7 });
    await w.withdraw();
    await w.apply();
    expect(w.group.retentionDays).toBeNull();
  });

  test('what somebody else has set in its place is theirs: it is not removed, and a longer one stays (L4)', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    w.group.retentionDays = 731;
    expect(await w.apply()).toMatchObject({
      state: 'applied',
      changed: null,
      explanation: expect.stringContaining('731 days'),
    });
    await w.withdraw();
    expect(await w.apply()).toMatchObject({ state: 'none', changed: null, appliedDays: null });
    expect(w.group.retentionDays).toBe(731);
  });

  test('a shorter one by somebody else, or none, is set right again', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    for (const others of [1, null]) {
      w.group.retentionDays = others;
      expect(await w.apply()).toMatchObject({ changed: 'set', appliedDays: 60, previousDays: null });
    }
  });

  test('a value that somebody else had set already is not ours to remove', async () => {
    w.addGroup(60);
    await w.give();
    expect(await w.apply()).toMatchObject({ state: 'applied', changed: null, appliedDays: null });
    await w.withdraw();
    await w.apply();
    expect(w.group.retentionDays).toBe(60);
  });

  test('L3: a hold on the challenge, a phase or a submission takes it back; after the release hosts are told anew', async () => {
    const phase = await w.s.phase(w.challengeId);
    const submission = await w.s.submission(phase.id);
    w.addGroup();
    await w.give();
    await w.apply();
    const admin = w.as(w.admin);
    const targets = [{ challengeId: w.challengeId }, { phaseId: phase.id }, { submissionId: submission.id }];
    for (const [index, target] of targets.entries()) {
      const { holdId } = await placeHold(admin, { target, matter: 'Case 7', reason: 'a court asked' });
      expect(await w.apply()).toMatchObject({ state: 'none', why: 'held', changed: 'removed' });
      expect(w.group.retentionDays).toBeNull();
      await releaseHold(admin, { holdId, reason: 'over' });
      w.s.clock.set(new Date(w.s.clock.now().getTime() + 60_000));
      expect(await w.apply()).toMatchObject({ state: 'applied', changed: 'set' });
      expect(await w.notices()).toHaveLength(index + 2);
    }
  });

  test.each([
    ['challenge-disabled', { disabled: true }],
    ['challenge-vanished', { vanishedAt: new Date('2026-11-20T00:00:00Z') }],
    ['not-managed', { useHostCredentials: true }],
    ['no-end-date', { endDate: null }],
  ] as const)('E6, E13: %s takes it back', async (why, values) => {
    w.addGroup();
    await w.give();
    await w.apply();
    await setChallenge(values);
    expect(await w.apply()).toMatchObject({ state: 'none', why, changed: 'removed' });
    expect(w.group.retentionDays).toBeNull();
  });

  test('L2: when a challenge is enabled again the hosts are told anew', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await setChallenge({ disabled: true });
    await w.apply();
    await setChallenge({ disabled: false, deletionResumedAt: w.s.clock.now() });
    w.s.clock.set(new Date(w.s.clock.now().getTime() + 60_000));
    expect(await w.apply()).toMatchObject({ state: 'applied', changed: 'set' });
    expect(await w.notices()).toHaveLength(2);
  });

  test('L2: consent withdrawn and given again between two looks: the old policy goes before the hosts are told anew', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await w.withdraw();
    w.s.clock.set(w.day(10));
    await w.give();
    server.calm();
    expect(await w.apply()).toMatchObject({ state: 'applied', changed: 'set' });
    expect(server.requests.filter((action) => /Retention/.test(action))).toEqual([
      'DeleteRetentionPolicy',
      'PutRetentionPolicy',
    ]);
    expect((await w.notices()).map(({ state }) => state)).toEqual(['sent', 'sent']);
  });
});

describe('failures', () => {
  test('L2: while no host can be told nothing is set, which shows; it is tried again, later and later', async () => {
    w.addGroup();
    await w.give();
    w.s.mailer.refuse(...w.hosts.map(({ username }) => username));
    expect(await w.apply()).toMatchObject({
      state: 'failed',
      explanation: 'The hosts could not be told yet, so nothing is set.',
      lastError: expect.stringContaining('No mail was accepted'),
      mayRetry: false,
    });
    expect(w.group.retentionDays).toBeNull();
    expect(await w.audit('notice.send')).toMatchObject([{ result: 'error' }]);
    w.s.mailer.answer = () => {};
    expect(await w.apply()).toMatchObject({ state: 'failed' });
    expect(w.s.mailer.sent).toHaveLength(0);
    w.s.clock.set(new Date(w.s.clock.now().getTime() + 3_600_001));
    expect(await w.apply()).toMatchObject({ state: 'applied', lastError: null });
    expect(await w.notices()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  test('L2: one refused address does not count against the others; no host at all blocks', async () => {
    w.addGroup();
    await w.give();
    w.s.mailer.refuse(w.hosts[0].username);
    expect(await w.apply()).toMatchObject({ state: 'applied' });
    await w.withdraw();
    await w.apply();
    await w.give();
    for (const { personId } of w.hosts) {
      await w.s.db.update(people).set({ disabledAt: new Date() }).where(eq(people.id, personId));
    }
    expect(await w.apply()).toMatchObject({ state: 'failed', lastError: expect.stringContaining('no host') });
  });

  test('L2: mails that took so long that less than 14 days would remain do not count', async () => {
    w.addGroup();
    await setChallenge({ endDate: w.day(-100) });
    await w.give();
    w.s.mailer.answer = () => w.s.clock.set(new Date(w.s.clock.now().getTime() + 3_700_000));
    expect(await w.apply()).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('less than 14 days'),
    });
    expect(w.group.retentionDays).toBeNull();
  });

  test.each([
    ['DescribeLogGroups', null],
    ['DescribeLogStreams', null],
    ['PutRetentionPolicy', null],
  ] as const)(
    '%s fails: nothing is said to be set, and the next call mends it',
    async (action, retentionDays) => {
      w.addGroup();
      await w.give();
      server.fail({ type: 'error', status: 400, code: 'ThrottlingException' }, 2, action);
      expect(await w.apply()).toMatchObject({
        state: 'failed',
        appliedDays: null,
        mayRetry: true,
        lastError: expect.stringContaining('ThrottlingException'),
        nextAttemptAt: expect.any(Date),
      });
      expect(w.group.retentionDays).toBe(retentionDays);
      expect(await w.apply()).toMatchObject({ state: 'applied', lastError: null, attempts: 0 });
      expect(await w.notices()).toHaveLength(1);
    },
  );

  test('what we may not do is not tried again at once', async () => {
    w.addGroup();
    await w.give();
    server.fail({ type: 'error', status: 400, code: 'AccessDeniedException' }, 1, 'PutRetentionPolicy');
    expect(await w.apply()).toMatchObject({ state: 'failed', mayRetry: false });
    expect(await w.audit('log-retention.set')).toMatchObject([{ result: 'error' }]);
  });

  test('L9: an answer that got lost is found out, also when consent went meanwhile', async () => {
    w.addGroup();
    await w.give();
    server.fail({ type: 'drop-after' }, 2, 'PutRetentionPolicy');
    expect(await w.apply()).toMatchObject({ state: 'failed', appliedDays: null });
    expect(w.group.retentionDays).toBe(60);
    await w.withdraw();
    expect(await w.apply()).toMatchObject({ state: 'none', changed: 'removed' });
    expect(w.group.retentionDays).toBeNull();
  });

  test('L9, L1: what is ours stays known through a second attempt that fails as well', async () => {
    w.addGroup();
    await w.give();
    server.fail({ type: 'drop-after' }, 2, 'PutRetentionPolicy');
    await w.apply();
    expect(w.group.retentionDays).toBe(60);
    await setChallenge({ endDate: w.day(100) });
    server.fail({ type: 'drop' }, 2, 'PutRetentionPolicy');
    expect(await w.apply()).toMatchObject({ state: 'failed', appliedDays: 60 });
    expect(await w.row()).toMatchObject({ settingDays: 150, previousDays: null });
    await w.withdraw();
    expect(await w.apply()).toMatchObject({ state: 'none', changed: 'removed' });
    expect(w.group.retentionDays).toBeNull();
  });

  test('what was refused for sure is not taken for ours when somebody else sets the same', async () => {
    w.addGroup();
    await w.give();
    server.fail({ type: 'error', status: 400, code: 'AccessDeniedException' }, 1, 'PutRetentionPolicy');
    await w.apply();
    w.group.retentionDays = 60;
    await w.withdraw();
    expect(await w.apply()).toMatchObject({ state: 'none', changed: null });
    expect(w.group.retentionDays).toBe(60);
  });

  test('a removal that fails shows, and is tried again by every run', async () => {
    w.addGroup();
    await w.give();
    await w.apply();
    await w.withdraw();
    server.fail({ type: 'drop' }, 2, 'DeleteRetentionPolicy');
    expect(await w.apply()).toMatchObject({
      state: 'failed',
      appliedDays: 60,
      mayRetry: true,
      explanation: 'What Lapse has set could not be taken back yet.',
    });
    expect(await w.apply()).toMatchObject({ state: 'none', changed: 'removed' });
  });

  test('a group that goes before it is set is pending', async () => {
    w.addGroup();
    await w.give();
    server.fail({ type: 'meanwhile', act: () => void server.groups.delete(w.name) }, 1, 'PutRetentionPolicy');
    await w.apply();
    expect(await w.apply()).toMatchObject({ state: 'pending', appliedDays: null });
  });
});

describe('who may', () => {
  test('L8: hosts and auditors may not set, and that they tried is written down', async () => {
    const auditor = await w.s.person({ role: 'auditor' });
    for (const actor of [w.hosts[0], auditor, { type: 'anonymous' } as const]) {
      await expect(w.apply(w.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await w.audit('access.refuse')).toHaveLength(3);
    expect(await w.apply(w.as(w.admin))).toMatchObject({ state: 'none' });
  });

  test('hosts see the logs of their own challenges, strangers learn of none', async () => {
    const stranger = await w.s.person();
    expect((await listLogGroups(w.as(w.hosts[1]), w.challengeId)).groups).toMatchObject([
      { name: w.name, state: 'none', why: 'no-consent' },
    ]);
    await expect(listLogGroups(w.as(stranger), w.challengeId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('L10: what is no challenge and no environment is refused with what is allowed', async () => {
    await expect(applyLogRetention(w.job, { challengeId: 0 })).rejects.toMatchObject({ code: 'invalid' });
    await expect(applyLogRetention(w.job, { challengeId: 999_999 })).rejects.toMatchObject({
      code: 'not_found',
    });
    for (const environment of ['', '../x', 'a/b', 'x'.repeat(64), '-a']) {
      await expect(
        applyLogRetention(w.job, { challengeId: w.challengeId, environment }),
      ).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('letters'),
      });
    }
  });
});
