import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { submissions } from '@/db/schema/challenges';
import { people } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import { loadJobRun } from '@/lib/jobs/job-run';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { recipientState } from './recipients';
import { beginNoticeRetries, retryNotices } from './retry-notices';
import { MONDAY, type NoticeWorld, noticeWorld } from './testing/notice-world';
import { startSmtpServer, type TestSmtpServer } from './testing/smtp-server';

let database: TestDatabase;
let server: TestSmtpServer;
let w: NoticeWorld;
/** Takes every mail. */
let good: UserActor;
/** Refuses at first. */
let bad: UserActor;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startSmtpServer();
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  server.taken.length = 0;
  server.refuse.clear();
  w = noticeWorld(database, server);
  good = await w.person();
  bad = await w.person();
});
/** Nothing of one test is due in the next. */
afterEach(() => database.sql`update challenges set disabled = true`);

/** A notice that `good` accepted and `bad` refused, at the time of the weekly mail. */
async function refusedOnce(code = 550, hosts = [good, bad]) {
  for (const host of hosts) if (host !== good) server.refuse.set(w.addressOf(host), code);
  const challenge = await w.due(hosts);
  expect(await w.send()).toMatchObject({ sent: 1, mailsAccepted: 1, mailsRefused: hosts.length - 1 });
  return challenge;
}
const recipientOf = async (challengeId: number, { personId }: UserActor) =>
  (await w.noticeOf(challengeId)).recipients.find((recipient) => recipient.personId === personId)!;
const mailsTo = (person: UserActor) => server.taken.filter(({ to }) => to === w.addressOf(person));

describe('an address that refused a notice which others accepted', () => {
  test.each([550, 451])('E16: is mailed again, alone, until it takes it: %s', async (code) => {
    const { challengeId, submissionIds } = await refusedOnce(code);
    expect(await recipientOf(challengeId, bad)).toMatchObject({
      accepted: false,
      error: expect.stringContaining(String(code)),
      attempts: 1,
      nextAttemptAt: '2026-11-23T11:00:00.000Z',
    });
    w.after(0.9);
    expect(await w.retry()).toMatchObject({ again: { accepted: 0, refused: 0 } });

    w.after(1);
    expect(await w.retry()).toMatchObject({ again: { accepted: 0, refused: 1, givenUp: 0 } });
    expect(await recipientOf(challengeId, bad)).toMatchObject({
      attempts: 2,
      nextAttemptAt: '2026-11-23T13:00:00.000Z',
    });

    server.refuse.clear();
    w.after(2.9);
    await w.retry();
    expect(mailsTo(bad)).toHaveLength(0);
    w.after(3);
    const { jobRunId } = await w.retry();
    expect(await loadJobRun(w.db, jobRunId)).toMatchObject({
      state: 'succeeded',
      summary: 'Tried again what failed. 1 address that had refused a notice took it.',
    });
    expect(await recipientOf(challengeId, bad)).toEqual({
      email: w.addressOf(bad),
      personId: bad.personId,
      accepted: true,
      attempts: 3,
      acceptedAt: '2026-11-23T13:00:00.000Z',
      messageId: mailsTo(bad)[0]!.messageId,
    });
    expect(mailsTo(bad)[0]!.text).toContain('not before 8 Dec 2026, 00:00 UTC');

    const notice = await w.noticeOf(challengeId);
    expect(notice).toMatchObject({ state: 'sent', sentAt: MONDAY, nextAttemptAt: null });
    const [submission] = await w.db.select().from(submissions).where(eq(submissions.id, submissionIds[0]!));
    expect(submission!.retentionEligibleDate).toEqual(new Date('2026-12-08T00:00:00Z'));
    for (const hours of [4, 30, 300]) {
      w.after(hours);
      await w.retry();
    }
    expect(server.counts()).toEqual({ [w.addressOf(good)]: 1, [w.addressOf(bad)]: 1 });
  });

  test('E16: waits 1, 2, 4 ... 24 hours, and is given up after 10 attempts, which the run says', async () => {
    const { challengeId } = await refusedOnce();
    const pauses: number[] = [];
    let last = '';
    for (;;) {
      const { nextAttemptAt } = await w.noticeOf(challengeId);
      if (!nextAttemptAt) break;
      pauses.push((nextAttemptAt.getTime() - w.clock.now().getTime()) / 3_600_000);
      w.clock.set(nextAttemptAt);
      last = (await w.retry()).jobRunId;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 24, 24, 24, 24]);
    const recipient = await recipientOf(challengeId, bad);
    expect(recipient).toMatchObject({ attempts: 10, error: expect.stringContaining('550') });
    expect(recipientState(recipient)).toBe('given-up');
    expect((await loadJobRun(w.db, last)).summary).toContain(
      '1 address refused again; 1 of them was given up.',
    );
    expect(await w.noticeOf(challengeId)).toMatchObject({ state: 'sent', sentAt: MONDAY });
  });

  test('E16: two runs at once mail it once', async () => {
    await refusedOnce();
    server.refuse.clear();
    w.after(1);
    await Promise.all([w.retry(), w.retry(), w.retry()]);
    expect(server.counts()).toEqual({ [w.addressOf(good)]: 1, [w.addressOf(bad)]: 1 });
  });

  test('L9: of a process that dies after a mail, that one mail goes again, as the same mail', async () => {
    const third = await w.person();
    await refusedOnce(550, [good, bad, third]);
    server.refuse.clear();
    w.after(1);
    await expect(w.retry(dyingAfter(2))).rejects.toThrow('killed');
    expect([mailsTo(bad).length, mailsTo(third).length]).toEqual([1, 1]);

    w.after(1.1);
    await w.retry();
    expect(mailsTo(third), 'its lease is not over').toHaveLength(1);
    w.after(1.2);
    expect(await w.retry()).toMatchObject({ again: { accepted: 1, refused: 0 } });
    expect([mailsTo(good).length, mailsTo(bad).length]).toEqual([1, 1]);
    expect(mailsTo(third).map(({ messageId }) => messageId)).toEqual(
      Array(2).fill(mailsTo(third)[0]!.messageId),
    );
    w.after(30);
    await w.retry();
    expect(server.taken).toHaveLength(4);
  });

  test('E16: an address that was corrected meanwhile is used', async () => {
    const { challengeId } = await refusedOnce();
    const email = `${bad.username}@example.com`;
    await w.db.update(people).set({ email }).where(eq(people.id, bad.personId));
    w.after(1);
    expect(await w.retry()).toMatchObject({ again: { accepted: 1 } });
    expect(await recipientOf(challengeId, bad)).toMatchObject({ email, accepted: true });
  });

  test.each([
    [
      'disabled',
      () => w.db.update(people).set({ disabledAt: new Date() }).where(eq(people.id, bad.personId)),
    ],
    ['not-a-host', () => database.sql`delete from host_team_members where person_id = ${bad.personId}`],
    [
      'same-address',
      () =>
        w.db
          .update(people)
          .set({ email: w.addressOf(good).toUpperCase() })
          .where(eq(people.id, bad.personId)),
    ],
  ])('L2: nobody is mailed who is not to be told any more, and it is said: %s', async (stopped, change) => {
    const { challengeId } = await refusedOnce();
    server.refuse.clear();
    await change();
    w.after(1);
    await w.retry();
    w.after(100);
    await w.retry();
    expect(await recipientOf(challengeId, bad)).toMatchObject({ accepted: false, stopped });
    expect(server.counts()).toEqual({ [w.addressOf(good)]: 1 });
    expect((await w.noticeOf(challengeId)).nextAttemptAt).toBeNull();
  });
});

describe('a notice that announces nothing any more', () => {
  const consentAgain = async (challengeId: number) => {
    await withdrawConsent(w.as(good), { challengeId, channel: 'api' });
    await giveConsent(w.as(good), { challengeId, channel: 'api' });
  };
  test.each<[string, (challengeId: number) => Promise<unknown>]>([
    ['consent withdrawn', (challengeId) => withdrawConsent(w.as(good), { challengeId, channel: 'api' })],
    ['consent given anew', consentAgain],
    [
      'another date',
      (challengeId) =>
        database.sql`update submissions set retention_eligible_date = '2027-06-01' where phase_id in (select id from challenge_phases where challenge_id = ${challengeId})`,
    ],
    [
      'files deleted',
      (challengeId) =>
        database.sql`update submissions set is_artifact_deleted = true where phase_id in (select id from challenge_phases where challenge_id = ${challengeId})`,
    ],
  ])('L1, L2: is not mailed again: %s', async (_name, change) => {
    const { challengeId } = await refusedOnce();
    server.refuse.clear();
    await change(challengeId);
    w.after(1);
    const { id } = await w.noticeOf(challengeId);
    expect(await w.retry()).toMatchObject({ voided: [id], again: { accepted: 0, refused: 0 } });
    w.after(100);
    const { jobRunId, voided } = await w.retry();
    expect(voided).toEqual([]);
    expect((await loadJobRun(w.db, jobRunId)).summary).toContain('nothing was to be tried again');
    expect(mailsTo(bad)).toHaveLength(0);
    expect(await w.noticeOf(challengeId)).toMatchObject({ state: 'sent', nextAttemptAt: null });
  });

  test('L1: consent that is withdrawn while the mails go stops those that are left', async () => {
    const third = await w.person();
    const { challengeId } = await refusedOnce(550, [good, bad, third]);
    server.refuse.clear();
    w.after(1);
    const mailer: Context['mailer'] = {
      ...server.mailer,
      send: async (message) => {
        const taken = await server.mailer.send(message);
        await withdrawConsent(w.as(good), { challengeId, channel: 'api' });
        return taken;
      },
    };
    await w.retry({ ...w.job, mailer });
    expect([mailsTo(bad).length, mailsTo(third).length]).toEqual([1, 0]);
    expect(await recipientOf(challengeId, third)).not.toHaveProperty('sending');
    expect((await w.noticeOf(challengeId)).nextAttemptAt).toBeNull();
  });

  test('L3: while a hold keeps all of it nobody is told the contrary; after its release it needs a new notice', async () => {
    const { challengeId, submissionIds } = await refusedOnce();
    server.refuse.clear();
    const hold = { target: { challengeId }, matter: 'm', reason: 'r' };
    const { holdId } = await placeHold(w.job, hold);
    w.after(1);
    await w.retry();
    expect(await recipientOf(challengeId, bad)).toMatchObject({
      attempts: 1,
      nextAttemptAt: '2026-11-24T11:00:00.000Z',
    });
    await releaseHold(w.job, { holdId, reason: 'over' });
    w.after(25);
    expect(await w.retry()).toMatchObject({ voided: [expect.any(String)] });
    expect(mailsTo(bad)).toHaveLength(0);
    expect(submissionIds).toHaveLength(1);
  });

  test('L3: of what it named, the later mail names what still goes', async () => {
    server.refuse.set(w.addressOf(bad), 451);
    const { submissionIds } = await w.due([good, bad], 3);
    await w.send();
    await placeHold(w.job, { target: { submissionId: submissionIds[0]! }, matter: 'm', reason: 'r' });
    server.refuse.clear();
    w.after(1);
    await w.retry();
    expect(mailsTo(good)[0]!.text).toContain('Files of 3 submissions will be deleted');
    expect(mailsTo(bad)[0]!.text).toContain('Files of 2 submissions will be deleted');
  });
});

describe('the hourly run', () => {
  test('L2, E16: tries a notice again that reached nobody, and announces nothing that was not announced', async () => {
    server.refuse.set(w.addressOf(good), 550);
    const { challengeId } = await w.due([good]);
    expect(await w.send()).toMatchObject({ failed: 1 });
    const other = await w.due([bad]);
    server.refuse.clear();
    w.after(1);
    const { jobRunId, failed } = await w.retry();
    expect(failed).toMatchObject({ sent: 1, submissions: 1, mailsAccepted: 1 });
    expect(await loadJobRun(w.db, jobRunId)).toMatchObject({ state: 'succeeded', counts: { sent: 1 } });
    expect(await w.noticeOf(challengeId)).toMatchObject({
      state: 'sent',
      sentAt: w.clock.now(),
      attempts: 2,
    });
    await expect(w.noticeOf(other.challengeId)).rejects.toThrow('not exactly one');
  });

  test('E16: is not there when nothing is to be tried again, and is one for each tick', async () => {
    const at = (tick: string) => beginNoticeRetries(w.job, { tick });
    await refusedOnce();
    expect(await at('2026-11-23T10:50:00Z')).toEqual({ jobRunId: null });
    w.after(1);
    const { jobRunId } = await at('2026-11-23T11:50:00Z');
    expect(await at('2026-11-23T11:50:00Z')).toEqual({ jobRunId });
    expect(await loadJobRun(w.db, jobRunId!)).toMatchObject({ dedupeKey: 'retry:2026-11-23T11:50:00Z' });
  });

  test('L8: is for schedules and admins; each mailing leaves an event with what came of it', async () => {
    const auditor = await w.person({ role: 'auditor' });
    const { challengeId } = await refusedOnce();
    w.after(1);
    for (const actor of [good, auditor]) {
      const tick = '2026-11-23T11:50:00Z';
      await expect(beginNoticeRetries(w.as(actor), { tick })).rejects.toMatchObject({ code: 'forbidden' });
      const ctx = w.as(actor);
      await expect(retryNotices(ctx, { jobRunId: crypto.randomUUID() })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    await w.retry();
    const events = await w.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.target, `challenge:${challengeId}`))
      .orderBy(auditEvents.timeStarted);
    expect(events.at(-1)).toMatchObject({
      action: 'notice.send',
      result: 'success',
      newValue: { again: true, attempt: 2, accepted: 0, refused: 1, givenUp: 0 },
    });
  });
});

/** A context whose process dies right after the nth mail of it was taken: nothing is written from then on. */
function dyingAfter(mails: number): Context {
  let left = mails;
  const mailer: Context['mailer'] = {
    ...server.mailer,
    send: async (message) => {
      const taken = await server.mailer.send(message);
      left -= 1;
      return taken;
    },
  };
  const db = new Proxy(w.db, {
    get(target, name, receiver) {
      if (left <= 0) throw new Error('killed');
      return Reflect.get(target, name, receiver);
    },
  });
  return { ...w.job, mailer, db };
}
