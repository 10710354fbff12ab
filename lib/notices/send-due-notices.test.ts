import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { challengePhases, challenges, submissions } from '@/db/schema/challenges';
import { noticeItems, notices } from '@/db/schema/notices';
import { people } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { MailError } from '@/lib/platform/mail/mailer';
import { recomputeAllDates } from '@/lib/retention/recompute-all-dates';
import { decide, type RetentionFacts } from '@/lib/retention/retention-rule';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { listNotices } from './list-notices';
import { prepareNotice } from './prepare-notice';
import { sendDueNotices } from './send-due-notices';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let job: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
  job = s.as({ type: 'system', job: 'weekly' });
});
/** Nothing of one test is due in the next. */
afterEach(() => database.sql`update challenges set disabled = true`);

const MONDAY = '2026-11-23T10:00:00Z';
const ANNOUNCED = new Date('2026-12-08T00:00:00Z');
const baseUrl = 'https://lapse.example.org/';
const send = () => sendDueNotices(job, { baseUrl });

/** A challenge whose one submission has been due for long, with consent of 21 November. */
async function dueChallenge(hosts: UserActor[] = [host], title?: string) {
  const challenge = await s.challenge(hosts, title ? { title } : {});
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id, [2_100_000, null]);
  s.clock.set('2026-11-21T09:00:00Z');
  if (hosts[0]) await giveConsent(s.as(hosts[0]), { challengeId: challenge.id, channel: 'api' });
  s.clock.set(MONDAY);
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}
const noticesOf = (challengeId: number) =>
  s.db.select().from(notices).where(eq(notices.challengeId, challengeId)).orderBy(notices.id);
const itemsOf = (submissionId: number) =>
  s.db.select().from(noticeItems).where(eq(noticeItems.submissionId, submissionId));
const dateOf = async (id: number) =>
  (await s.db.select().from(submissions).where(eq(submissions.id, id)))[0]!.retentionEligibleDate;

describe('what is announced', () => {
  test('L2, E16: names counts, bytes, date and place, to each host by himself', async () => {
    const other = await s.person({ timeZone: 'Asia/Kathmandu' });
    const { challengeId, submissionId } = await dueChallenge([host, other], 'Find\r\nBcc: x@y & <b>it</b>');

    expect(await send()).toMatchObject({ sent: 1, failed: 0, submissions: 1, mailsAccepted: 2 });

    expect(s.mailer.sent.map((mail) => mail.to).sort()).toEqual(
      [`${host.username}@example.org`, `${other.username}@example.org`].sort(),
    );
    const [own, far] = [host, other].map(
      (person) => s.mailer.sent.find((mail) => mail.to.startsWith(`${person.username}@`))!,
    );
    expect(own!.subject).toBe(
      'Files of 1 submission will be deleted from 8 December 2026: Find Bcc: x@y & <b>it</b>',
    );
    expect(own!.text).toContain('1 submission (2 files, 2.1 MB and 1 file of unknown size)');
    expect(own!.text).toContain('not before 8 Dec 2026, 00:00 UTC.');
    expect(own!.text).toContain(`https://lapse.example.org/challenges/${challengeId}`);
    expect(own!.html).toContain('&amp; &lt;b&gt;it&lt;/b&gt;');
    expect(own!.html).not.toContain('<b>');
    expect(far!.text).toContain('8 Dec 2026, 05:45 GMT+5:45 (00:00 UTC)');
    expect(new Set(s.mailer.sent.map((mail) => mail.messageId)).size).toBe(2);

    expect(await noticesOf(challengeId)).toMatchObject([
      { state: 'sent', sentAt: new Date(MONDAY), attempts: 1, error: null },
    ]);
    expect(await itemsOf(submissionId)).toMatchObject([{ announcedDate: ANNOUNCED }]);
  });

  test('E5, L2: the stored date is the announced one, at least 14 days after the notice, and stays so', async () => {
    const { submissionId } = await dueChallenge();
    await send();
    expect(await dateOf(submissionId)).toEqual(ANNOUNCED);
    await recomputeAllDates(job);
    expect(await dateOf(submissionId)).toEqual(ANNOUNCED);
  });

  test('E16: nobody is told twice of the same item and date, on whatever day it runs', async () => {
    await dueChallenge();
    await send();
    for (const day of ['2026-11-24T10:00:00Z', '2026-11-30T10:00:00Z', '2027-02-01T10:00:00Z']) {
      s.clock.set(day);
      await recomputeAllDates(job);
      expect(await send()).toMatchObject({ sent: 0, failed: 0, waiting: 0 });
    }
    expect(s.mailer.sent).toHaveLength(1);
  });

  test('E16: two runs at once send once', async () => {
    const { challengeId } = await dueChallenge();
    await Promise.all([send(), send(), send()]);
    expect(s.mailer.sent).toHaveLength(1);
    expect(await noticesOf(challengeId)).toHaveLength(1);
  });

  test('E16: a run at any time announces what lies within 14 days, and nothing beyond', async () => {
    const { phaseId, submissionId } = await dueChallenge();
    // 30 days after this end are 14 days and one second ahead.
    await s.db
      .update(challengePhases)
      .set({ endDate: new Date('2026-11-07T10:00:01Z') })
      .where(eq(challengePhases.id, phaseId));
    await recomputeAllDates(job);
    expect(await send()).toMatchObject({ sent: 0 });
    s.clock.set('2026-11-23T10:00:01Z');
    expect(await send()).toMatchObject({ sent: 1 });
    expect(await itemsOf(submissionId)).toHaveLength(1);
  });

  test.each([
    [
      'a public phase',
      (id: number) => database.sql`update challenge_phases set is_public = true where challenge_id = ${id}`,
    ],
    [
      'a disabled challenge',
      (id: number) => database.sql`update challenges set disabled = true where id = ${id}`,
    ],
    [
      'a vanished challenge',
      (id: number) => database.sql`update challenges set vanished_at = now() where id = ${id}`,
    ],
    [
      "the host's own bucket",
      (id: number) => database.sql`update challenges set use_host_credentials = true where id = ${id}`,
    ],
    [
      'an active submission',
      (id: number) =>
        database.sql`update submissions set status = 'running' where phase_id in (select id from challenge_phases where challenge_id = ${id})`,
    ],
    ['no consent', (id: number) => withdrawConsent(s.as(host), { challengeId: id, channel: 'api' })],
    ['a hold', (id: number) => placeHold(job, { target: { challengeId: id }, matter: 'm', reason: 'r' })],
  ])('nothing is announced that something else keeps: %s', async (_name, change) => {
    const { challengeId } = await dueChallenge();
    await change(challengeId);
    expect(await send()).toMatchObject({ sent: 0, failed: 0 });
    expect(s.mailer.sent).toHaveLength(0);
  });

  test('L4: a longer period after the notice is announced anew when it comes near', async () => {
    const { challengeId, submissionId } = await dueChallenge();
    await send();
    await s.db
      .update(challenges)
      .set({ artifactRetentionDaysOverride: 120 })
      .where(eq(challenges.id, challengeId));
    await recomputeAllDates(job);
    expect(await dateOf(submissionId)).toEqual(new Date('2026-12-30T00:00:00Z'));
    expect(await send()).toMatchObject({ sent: 0 });
    s.clock.set('2026-12-20T10:00:00Z');
    expect(await send()).toMatchObject({ sent: 1 });
    expect(await dateOf(submissionId)).toEqual(new Date('2027-01-04T00:00:00Z'));
  });

  test('L3, L2: after a hold is released hosts are told anew, and nothing goes on the old notice', async () => {
    const { challengeId, submissionId } = await dueChallenge();
    await send();
    const { holdId } = await placeHold(job, { target: { submissionId }, matter: 'm', reason: 'r' });
    s.clock.set('2027-01-10T00:00:00Z');
    expect(await releaseHold(job, { holdId, reason: 'over' })).toMatchObject({
      challengeId,
      datesChanged: 1,
    });
    s.clock.set('2027-01-10T00:00:01Z');
    expect(await send()).toMatchObject({ sent: 1 });
    expect(await dateOf(submissionId)).toEqual(new Date('2027-01-25T00:00:00Z'));
  });

  test('L1, L2: a new consent needs a notice of its own', async () => {
    const { challengeId } = await dueChallenge();
    await send();
    await withdrawConsent(s.as(host), { challengeId, channel: 'api' });
    await giveConsent(s.as(host), { challengeId, channel: 'api' });
    s.clock.set('2026-11-25T10:00:00Z');
    expect(await send()).toMatchObject({ sent: 1 });
    const { notices: listed } = await listNotices(s.as(host), { challengeId });
    expect(listed.map((notice) => notice.underCurrentConsent)).toEqual([true, false]);
  });
});

describe('what goes wrong', () => {
  test.each(['first', 'last'])('E16: one bad address does not stop the rest: the %s', async (place) => {
    const bad = place === 'first' ? host : await s.person();
    const good = place === 'first' ? await s.person() : host;
    const { challengeId } = await dueChallenge([good, bad]);
    s.mailer.refuse(bad.username);
    expect(await send()).toMatchObject({ sent: 1, mailsAccepted: 1, mailsRefused: 1 });
    const [notice] = await noticesOf(challengeId);
    expect(notice).toMatchObject({
      state: 'sent',
      recipients: expect.arrayContaining([
        expect.objectContaining({ personId: good.personId, accepted: true }),
        expect.objectContaining({
          personId: bad.personId,
          accepted: false,
          error: expect.stringContaining('no such mailbox'),
        }),
      ]),
    });
  });

  test('L2, E16: a notice that reached nobody is failed, shows, keeps the submission, and is tried again with backoff', async () => {
    const { challengeId, submissionId } = await dueChallenge();
    s.mailer.refuse(host.username);
    expect(await send()).toMatchObject({ sent: 0, failed: 1 });
    expect(await noticesOf(challengeId)).toMatchObject([
      { state: 'failed', sentAt: null, attempts: 1, nextAttemptAt: new Date('2026-11-23T11:00:00Z') },
    ]);
    const { notices: listed } = await listNotices(job, { challengeId, state: 'failed' });
    expect(listed).toMatchObject([{ submissions: 1, error: expect.stringContaining('no such mailbox') }]);
    const audit = await s.db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.target, `challenge:${challengeId}`), eq(auditEvents.action, 'notice.send')));
    expect(audit).toMatchObject([
      { result: 'error', error: expect.stringContaining('No mail was accepted') },
    ]);
    expect(reasonNow(await dateOf(submissionId))).toBe('not-announced');

    s.clock.set('2026-11-23T10:59:00Z');
    expect(await send()).toMatchObject({ failed: 0, waiting: 1 });
    s.clock.set('2026-11-23T11:00:00Z');
    expect(await send()).toMatchObject({ failed: 1 });
    s.mailer.answer = () => {};
    s.clock.set('2026-11-24T11:00:00Z');
    expect(await send()).toMatchObject({ sent: 1 });
    expect(await noticesOf(challengeId)).toMatchObject([{ state: 'sent', attempts: 3 }]);
    expect(await itemsOf(submissionId)).toHaveLength(1);
    expect(await dateOf(submissionId)).toEqual(new Date('2026-12-09T00:00:00Z'));
  });

  test('L2: a challenge without a host who can be reached blocks, and says so; disabled accounts get no mail', async () => {
    const { challengeId } = await dueChallenge();
    await s.db.update(people).set({ disabledAt: new Date() }).where(eq(people.id, host.personId));
    expect(await send()).toMatchObject({ sent: 0, failed: 1, stopped: null });
    expect(s.mailer.sent).toHaveLength(0);
    expect((await noticesOf(challengeId))[0]).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('no host whose account is enabled'),
    });
  });

  test('L9: a process that dies while mailing has announced nothing; the next one tells again, after the lease', async () => {
    const { challengeId, submissionId } = await dueChallenge();
    const before = await dateOf(submissionId);
    const prepared = await prepareNotice(job, challengeId, null);
    expect(prepared).toMatchObject({ state: 'ready', attempt: 1 });
    expect(await dateOf(submissionId)).toEqual(before);
    expect(await send()).toMatchObject({ sent: 0, waiting: 1 });
    s.clock.set('2026-11-23T11:00:00Z');
    expect(await send()).toMatchObject({ sent: 1 });
    expect(await noticesOf(challengeId)).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  test('L2: mails that took so long that less than 14 days remain do not count', async () => {
    const { challengeId } = await dueChallenge();
    s.mailer.answer = () => s.clock.set('2026-11-24T00:00:01Z');
    expect(await send()).toMatchObject({ sent: 0, failed: 1 });
    expect(await noticesOf(challengeId)).toMatchObject([
      { state: 'failed', error: expect.stringContaining('less than 14 days') },
    ]);
  });

  test('L7: consent withdrawn while the mails go leaves no date', async () => {
    const { challengeId, submissionId } = await dueChallenge();
    s.mailer.answer = async () => void (await withdrawConsent(s.as(host), { challengeId, channel: 'api' }));
    await send();
    expect(await dateOf(submissionId)).toBeNull();
  });

  test('a mail server that takes nothing stops the run; bad addresses do not', async () => {
    const all = [];
    for (let index = 0; index < 12; index++) all.push((await dueChallenge()).challengeId);
    s.mailer.refuse(host.username);
    expect(await send()).toMatchObject({ failed: 12, stopped: null });
    s.clock.set('2026-11-24T10:00:00Z');
    s.mailer.answer = () => {
      throw new MailError('later', 'connection refused');
    };
    expect(await send()).toMatchObject({ failed: 10, stopped: expect.stringContaining('mail server') });
    s.mailer.answer = () => {};
    expect(await send()).toMatchObject({ sent: 2, waiting: 10, stopped: null });
  });
});

describe('who and where', () => {
  test('L8: hosts and auditors may not send', async () => {
    const auditor = await s.person({ role: 'auditor' });
    for (const actor of [host, auditor]) {
      await expect(sendDueNotices(s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('hosts see the notices of their own challenges only', async () => {
    const stranger = await s.person();
    const { challengeId } = await dueChallenge();
    await send();
    expect((await listNotices(s.as(host))).notices).toHaveLength(1);
    expect((await listNotices(s.as(stranger))).notices).toHaveLength(0);
    await expect(listNotices(s.as(stranger), { challengeId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listNotices(s.as({ type: 'anonymous' }))).rejects.toMatchObject({ code: 'forbidden' });
  });
});

function reasonNow(storedDate: Date | null) {
  const facts: RetentionFacts = {
    useHostCredentials: false,
    vanished: false,
    disabled: false,
    consentAt: new Date('2026-11-21T09:00:00Z'),
    artifactRetentionDaysOverride: null,
    logRetentionDaysOverride: null,
    phaseEnd: new Date('2026-09-01T00:00:00Z'),
    phaseIsPublic: false,
    status: 'finished',
    postponedUntil: null,
    held: false,
    storedDate,
    notice: null,
  };
  return decide(facts, new Date('2027-06-01T00:00:00Z'));
}
