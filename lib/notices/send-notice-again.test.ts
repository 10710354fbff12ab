import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { notices } from '@/db/schema/notices';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import type { UserActor } from '@/lib/people/actor';
import { MAX_ATTEMPTS } from './retry-pause';
import { sendNoticeAgain } from './send-notice-again';
import { MONDAY, type NoticeWorld, noticeWorld } from './testing/notice-world';
import { startSmtpServer, type TestSmtpServer } from './testing/smtp-server';

let database: TestDatabase;
let server: TestSmtpServer;
let w: NoticeWorld;
let good: UserActor;
let bad: UserActor;
let admin: UserActor;

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
  [good, bad, admin] = [await w.person(), await w.person(), await w.person({ role: 'admin' })];
});
/** Nothing of one test is due in the next. */
afterEach(() => database.sql`update challenges set disabled = true`);

/** A notice that went out at the time of the weekly mail, while `bad` refused. */
async function sentTo(hosts: UserActor[]) {
  server.refuse.set(w.addressOf(bad), 550);
  const challenge = await w.due(hosts);
  await w.send();
  const { id: noticeId } = await w.noticeOf(challenge.challengeId);
  return { ...challenge, noticeId };
}
const again = (noticeId: string, actor = admin) => sendNoticeAgain(w.as(actor), { noticeId });
const mailsTo = (person: UserActor) => server.taken.filter(({ to }) => to === w.addressOf(person)).length;

test('E16: mails at once to whom it did not reach, and to nobody else; the 14 days run as before', async () => {
  const { challengeId, noticeId } = await sentTo([good, bad]);
  w.after(0.1);
  expect(await again(noticeId)).toEqual({ accepted: 0, refused: 1 });
  server.refuse.clear();
  expect(await again(noticeId)).toEqual({ accepted: 1, refused: 0 });
  await expect(again(noticeId)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Nobody is left'),
  });
  expect([mailsTo(good), mailsTo(bad)]).toEqual([1, 1]);
  expect(await w.noticeOf(challengeId)).toMatchObject({ state: 'sent', sentAt: MONDAY, nextAttemptAt: null });
});

test('E16: mails an address that was given up, which stays given up when it refuses', async () => {
  const { challengeId, noticeId } = await sentTo([good, bad]);
  const notice = await w.noticeOf(challengeId);
  const recipients = notice.recipients.map(({ nextAttemptAt: _, ...recipient }) =>
    recipient.accepted ? recipient : { ...recipient, attempts: MAX_ATTEMPTS },
  );
  await w.db.update(notices).set({ recipients, nextAttemptAt: null }).where(eq(notices.id, noticeId));
  expect(await again(noticeId)).toEqual({ accepted: 0, refused: 1 });
  expect(await w.noticeOf(challengeId)).toMatchObject({ nextAttemptAt: null });
  server.refuse.clear();
  expect(await again(noticeId)).toEqual({ accepted: 1, refused: 0 });
});

test('L2: sends a notice that reached nobody before its pause is over, with new dates', async () => {
  const { challengeId, noticeId } = await sentTo([bad]);
  w.after(0.1);
  await expect(again(noticeId)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('No mail was accepted'),
  });
  server.refuse.clear();
  w.after(24);
  expect(await again(noticeId)).toEqual({ accepted: 1, refused: 0 });
  expect(await w.noticeOf(challengeId)).toMatchObject({ state: 'sent', sentAt: w.clock.now(), attempts: 3 });
  expect(server.taken[0]!.text).toContain('not before 9 Dec 2026, 00:00 UTC');
});

test('E16: two admins at once mail once', async () => {
  const { noticeId } = await sentTo([good, bad]);
  server.refuse.clear();
  const results = await Promise.allSettled([again(noticeId), again(noticeId), w.retry()]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  expect([mailsTo(good), mailsTo(bad)]).toEqual([1, 1]);
});

test.each<[string, (challengeId: number) => Promise<unknown>, string]>([
  [
    'consent withdrawn',
    (challengeId) => withdrawConsent(w.as(good), { challengeId, channel: 'api' }),
    'the consent was withdrawn',
  ],
  [
    'a hold',
    (challengeId) => placeHold(w.job, { target: { challengeId }, matter: 'm', reason: 'r' }),
    'something keeps all that it names',
  ],
  [
    'the host has left',
    () => database.sql`delete from host_team_members where person_id = ${bad.personId}`,
    'Nobody is left',
  ],
])('L1, L3: says why there is nothing to send: %s', async (_name, change, words) => {
  const { challengeId, noticeId } = await sentTo([good, bad]);
  server.refuse.clear();
  await change(challengeId);
  await expect(again(noticeId)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(words),
  });
  expect(mailsTo(bad)).toBe(0);
});

test('L1, L2: a failed notice is not sent when its consent is gone, or nothing is due any more', async () => {
  const withdrawn = await sentTo([bad]);
  await withdrawConsent(w.as(bad), { challengeId: withdrawn.challengeId, channel: 'api' });
  await expect(again(withdrawn.noticeId)).rejects.toMatchObject({ code: 'conflict' });
  const paused = await sentTo([bad]);
  await database.sql`update challenges set disabled = true where id = ${paused.challengeId}`;
  await expect(again(paused.noticeId)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Nothing that it named is due'),
  });
});

test('L8: only admins may, each attempt is an audit event, and who may not learns nothing', async () => {
  const { noticeId } = await sentTo([good, bad]);
  const auditor = await w.person({ role: 'auditor' });
  for (const actor of [good, auditor]) {
    await expect(again(noticeId, actor)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(again(crypto.randomUUID(), good)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(again(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  await expect(again('7')).rejects.toMatchObject({ code: 'invalid' });
  const refused = await w.db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.action, 'notice.send'), eq(auditEvents.target, `notice:${noticeId}`)));
  expect(refused.map(({ actor, result }) => [actor, result])).toEqual([
    [`user:${good.personId}`, 'error'],
    [`user:${auditor.personId}`, 'error'],
  ]);
});
