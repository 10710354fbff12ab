import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import type { UserActor } from '@/lib/people/actor';
import { recomputeAllDates } from '@/lib/retention/recompute-all-dates';
import { listNoticeItems } from './list-notice-items';
import { listNotices } from './list-notices';
import { loadNotice } from './load-notice';
import { MONDAY, type NoticeWorld, noticeWorld } from './testing/notice-world';
import { startSmtpServer, type TestSmtpServer } from './testing/smtp-server';

let database: TestDatabase;
let server: TestSmtpServer;
let w: NoticeWorld;
let host: UserActor;
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
  server.refuse.clear();
  w = noticeWorld(database, server);
  [host, admin] = [await w.person(), await w.person({ role: 'admin' })];
});
/** Nothing of one test is due in the next. */
afterEach(() => database.sql`update challenges set disabled = true`);

async function sent(submissions = 1, hosts = [host]) {
  const challenge = await w.due(hosts, submissions);
  await w.send();
  return { ...challenge, noticeId: (await w.noticeOf(challenge.challengeId)).id };
}
const load = (noticeId: string, actor = admin) => loadNotice(w.as(actor), { noticeId });
const items = async (noticeId: string) => (await listNoticeItems(w.as(admin), { noticeId })).items;

test('L2: says who got it and when, what it names, and when the first files may go', async () => {
  const other = await w.person();
  server.refuse.set(w.addressOf(other), 550);
  const { noticeId, submissionIds } = await sent(2, [host, other]);
  expect(await load(noticeId)).toMatchObject({
    state: 'sent',
    sentAt: MONDAY,
    recipients: [
      { displayName: host.displayName, state: 'accepted' },
      { displayName: other.displayName, state: 'waiting' },
    ],
    submissions: 2,
    standing: { stands: 2 },
    voidReason: null,
    figures: { submissions: 2, files: 2 },
    earliestDeletion: new Date('2026-12-08T00:00:00Z'),
    canSendAgain: true,
  });
  expect(await items(noticeId)).toMatchObject(
    submissionIds.map((submissionId) => ({
      submissionId,
      announcedDate: new Date('2026-12-08T00:00:00Z'),
      verdict: 'stands',
      laterNoticeId: null,
    })),
  );
  expect((await load(noticeId, host)).canSendAgain).toBe(false);
});

test('L2: of one that reached nobody nothing goes', async () => {
  server.refuse.set(w.addressOf(host), 550);
  const { noticeId } = await sent();
  expect(await load(noticeId)).toMatchObject({
    state: 'failed',
    standing: { 'not-sent': 1 },
    voidReason: null,
    earliestDeletion: null,
    canSendAgain: true,
  });
});

test('O6: its submissions come in pages, each once', async () => {
  const { noticeId, submissionIds } = await sent(5);
  const seen: number[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof listNoticeItems>> = await listNoticeItems(w.as(admin), {
      noticeId,
      limit: 2,
      after,
    });
    seen.push(...page.items.map(({ submissionId }) => submissionId));
    after = page.nextAfter;
  }
  expect(seen).toEqual(submissionIds);
});

describe('whether the date stands', () => {
  test('L3: what is held is kept for now; after the release the notice is void for it', async () => {
    const { noticeId, submissionIds } = await sent(2);
    const target = { submissionId: submissionIds[0]! };
    const { holdId } = await placeHold(w.job, { target, matter: 'm', reason: 'r' });
    expect(await items(noticeId)).toMatchObject([
      { verdict: 'kept', reason: 'held' },
      { verdict: 'stands', reason: 'not-due' },
    ]);
    w.after(1);
    await releaseHold(w.job, { holdId, reason: 'over' });
    w.after(2);
    expect((await load(noticeId)).standing).toEqual({ 'hold-released': 1, stands: 1 });
    await w.send();
    const { notices } = await listNotices(w.job, {});
    expect((await items(noticeId))[0]).toMatchObject({
      verdict: 'announced-anew',
      laterNoticeId: notices[0]!.id,
    });
  });

  test('L4: a longer period takes another date; a public phase none', async () => {
    const { noticeId, challengeId, phaseId } = await sent();
    await database.sql`update challenges set artifact_retention_days_override = 120 where id = ${challengeId}`;
    await recomputeAllDates(w.job);
    expect(await items(noticeId)).toMatchObject([
      { verdict: 'date-changed', eligibleDate: new Date('2026-12-30T00:00:00Z') },
    ]);
    await database.sql`update challenge_phases set is_public = true where id = ${phaseId}`;
    await recomputeAllDates(w.job);
    expect(await items(noticeId)).toMatchObject([
      { verdict: 'date-changed', eligibleDate: null, reason: 'phase-public' },
    ]);
    expect(await load(noticeId)).toMatchObject({ voidReason: 'date-changed', canSendAgain: false });
  });

  test('L1: consent that was withdrawn, or given anew, voids it', async () => {
    const { noticeId, challengeId } = await sent();
    await withdrawConsent(w.as(host), { challengeId, channel: 'api' });
    expect(await load(noticeId)).toMatchObject({
      voidReason: 'consent-withdrawn',
      underCurrentConsent: false,
      earliestDeletion: null,
      canSendAgain: false,
    });
    await giveConsent(w.as(host), { challengeId, channel: 'api' });
    expect(await load(noticeId)).toMatchObject({ voidReason: 'consent-changed' });
  });

  test('E10: what is deleted is said, and that nothing is left', async () => {
    const { noticeId, phaseId } = await sent();
    await database.sql`update submissions set is_artifact_deleted = true, artifact_deletion_date = '2026-12-10' where phase_id = ${phaseId}`;
    expect(await load(noticeId)).toMatchObject({ standing: { deleted: 1 }, voidReason: 'deleted' });
    expect(await items(noticeId)).toMatchObject([{ verdict: 'deleted', deletedAt: new Date('2026-12-10') }]);
  });
});

test('L8: hosts see the notices of their own challenges, auditors all; who may not see one is told that there is none', async () => {
  const { noticeId, challengeId } = await sent();
  const [stranger, auditor] = [await w.person(), await w.person({ role: 'auditor' })];
  expect(await load(noticeId, host)).toMatchObject({ id: noticeId });
  expect(await load(noticeId, auditor)).toMatchObject({ id: noticeId, canSendAgain: false });
  const none = { code: 'not_found', message: 'There is no such notice among those that you may see.' };
  await expect(load(noticeId, stranger)).rejects.toMatchObject(none);
  await expect(listNoticeItems(w.as(stranger), { noticeId })).rejects.toMatchObject(none);
  await expect(load(crypto.randomUUID(), stranger)).rejects.toMatchObject(none);
  await expect(load('7')).rejects.toMatchObject({ code: 'invalid' });
  const events = await w.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.actor, `user:${stranger.personId}`));
  expect(events.map(({ action, target, result }) => [action, target, result])).toEqual(
    Array(2).fill(['access.refuse', `challenge:${challengeId}`, 'error']),
  );
});

test('the list shows which notices did not reach everybody', async () => {
  const other = await w.person();
  server.refuse.set(w.addressOf(other), 550);
  const { noticeId } = await sent(1, [host, other]);
  await sent();
  const unreached = async () =>
    (await listNotices(w.as(host), { unreached: true })).notices.map(({ id }) => id);
  expect(await unreached()).toEqual([noticeId]);
  await database.sql`delete from host_team_members where person_id = ${other.personId}`;
  w.after(1);
  await w.retry();
  expect(await unreached(), 'who is no host any more is not missed').toEqual([]);
});
