import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { consentSummaries } from '@/db/schema/notices';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { loadJobRun, openJobRun } from '@/lib/jobs/job-run';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { createMailer } from '@/lib/platform/mail/create-mailer';
import { MailError } from '@/lib/platform/mail/mailer';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { MAX_CHANGES } from './consent-summary-mail';
import { listConsentSummaries } from './list-consent-summaries';
import { prepareConsentSummary } from './prepare-consent-summary';
import { runWeeklyMail } from './run-weekly-mail';
import { sendConsentSummary } from './send-consent-summary';

const MONDAY = new Date('2026-11-23T10:00:00Z');
const HOUR_MS = 3_600_000;
const baseUrl = 'https://lapse.example.org/';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let admin: UserActor;
let auditor: UserActor;
let job: Context;
beforeEach(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  host = await s.person();
  admin = await s.person({ role: 'admin' });
  auditor = await s.person({ role: 'auditor', timeZone: 'Asia/Kathmandu' });
  job = s.as({ type: 'system', job: 'weekly' });
  s.clock.set(MONDAY);
});
afterEach(() => database.close());

const send = (options: Parameters<typeof sendConsentSummary>[1] = { baseUrl }) =>
  sendConsentSummary(job, options);
const at = (days: number, ms = 0) => s.clock.set(new Date(addDays(MONDAY, days).getTime() + ms));
const rows = () => s.db.select().from(consentSummaries).orderBy(consentSummaries.windowStart);

async function give(values: { title?: string; notes?: string; at?: Date } = {}) {
  const challenge = await s.challenge([host], values.title ? { title: values.title } : {});
  await s.submission((await s.phase(challenge.id)).id);
  if (values.at) s.clock.set(values.at);
  await giveConsent(s.as(host), {
    challengeId: challenge.id,
    channel: 'api',
    ...(values.notes ? { notes: values.notes } : {}),
  });
  return challenge.id;
}
const withdraw = (challengeId: number) => withdrawConsent(s.as(host), { challengeId, channel: 'api' });

describe('what it says', () => {
  test('E16: each admin and auditor reads who decided what and when, in his own zone', async () => {
    at(-3);
    const title = 'Find\r\nBcc: x@y & <b>it</b>';
    const challengeId = await give({ title, notes: 'paper is out\n\nsecond line' });
    at(-2);
    await withdraw(challengeId);
    at(0);

    expect(await send()).toEqual({ state: 'sent', given: 1, withdrawn: 1, accepted: 2, refused: 0 });

    expect(s.mailer.sent.map(({ to }) => to).sort()).toEqual(
      [`${admin.username}@example.org`, `${auditor.username}@example.org`].sort(),
    );
    const [own, far] = [admin, auditor].map((person) =>
      s.mailer.sent.find(({ to }) => to.startsWith(`${person.username}@`)),
    );
    expect(own!.subject).toMatch(/^Consent until .+: 1 given, 1 withdrawn$/);
    expect(own!.text).toContain('consent to deletion was given once and withdrawn once.');
    expect(own!.text).toContain(
      `Given for challenge ${challengeId}, “Find Bcc: x@y & <b>it</b>”, by ${host.displayName} (api)`,
    );
    expect(own!.text).toContain('paper is out second line');
    expect(own!.text.indexOf('Given for')).toBeLessThan(own!.text.indexOf('Withdrawn for'));
    expect(own!.text).toContain('https://lapse.example.org/consent-history');
    expect(own!.html).toContain('&lt;b&gt;it&lt;/b&gt;');
    expect(own!.html).not.toContain('<b>it');
    expect(far!.text).toContain('15:45 GMT+5:45 (10:00 UTC)');
    expect(new Set(s.mailer.sent.map(({ messageId }) => messageId)).size).toBe(2);
  });

  test('E16: a mail of many changes names the newest and counts the rest', async () => {
    at(-2);
    const challengeId = await give();
    for (let count = 0; count < MAX_CHANGES; count += 2) {
      await withdraw(challengeId);
      await giveConsent(s.as(host), { challengeId, channel: 'api' });
    }
    await withdraw(challengeId);
    at(0);
    expect(await send()).toMatchObject({ given: 51, withdrawn: 51 });
    const { text } = s.mailer.sent[0]!;
    expect(text.match(/for challenge/g)).toHaveLength(MAX_CHANGES);
    expect(text).toContain('And 2 earlier changes, which the history shows.');
  });
});

describe('which changes', () => {
  test('E16: every change is in exactly one summary, however irregularly it runs', async () => {
    const days = [-6.9, -3, -0.001, 0.5, 6.999, 7.000001, 7.0001, 20, 20.5];
    const runs = [0, 7, 7.00001, 21, 35];
    for (const day of [...days, ...runs].sort((a, b) => a - b)) {
      at(day);
      if (runs.includes(day)) await send();
      else await give();
    }
    const sent = await rows();
    expect(sent.reduce((sum, { given }) => sum + given, 0)).toBe(days.length);
    for (const [index, row] of sent.entries()) {
      expect(row.windowStart < row.windowEnd).toBe(true);
      const next = sent[index + 1];
      if (next) expect(next.windowStart).toEqual(row.windowEnd);
    }
    const mailed = s.mailer.sent
      .filter(({ to }) => to.startsWith(`${admin.username}@`))
      .flatMap(({ text }) => text.match(/for challenge (\d+)/g) ?? []);
    expect(mailed).toHaveLength(days.length);
    expect(new Set(mailed).size).toBe(days.length);
  });

  test('E16: a record that commits late falls into the next window', async () => {
    await give({ at: new Date(MONDAY.getTime() - 60_000) });
    at(0);
    expect(await send()).toMatchObject({ state: 'nothing' });
    at(7);
    expect(await send()).toMatchObject({ state: 'sent', given: 1 });
  });

  test('E16: a week without a change sends nothing, and is over', async () => {
    expect(await send()).toMatchObject({ state: 'nothing' });
    at(7);
    expect(await send()).toMatchObject({ state: 'nothing' });
    expect(s.mailer.sent).toHaveLength(0);
    const [first, second] = await rows();
    expect(first).toMatchObject({ state: 'sent', given: 0, attempts: 0, nextAttemptAt: null });
    expect(second!.windowStart).toEqual(first!.windowEnd);
  });

  test('a clock that went back opens no window', async () => {
    await send();
    at(-1);
    expect(await send()).toMatchObject({ state: 'nothing' });
    expect(await rows()).toHaveLength(1);
  });
});

describe('what fails', () => {
  beforeEach(async () => {
    at(-1);
    await give();
    at(0);
  });

  test('E16: one bad address does not stop the others, and is alone mailed again, with growing pauses', async () => {
    s.mailer.refuse(auditor.username);
    expect(await send()).toMatchObject({ state: 'sent', accepted: 1, refused: 1 });
    const [first] = await rows();
    expect(first!.recipients).toMatchObject([
      { personId: admin.personId, accepted: true },
      {
        personId: auditor.personId,
        accepted: false,
        error: expect.stringMatching(/no such mailbox: \w+@example\.org/),
      },
    ]);
    expect(first!.nextAttemptAt).toEqual(new Date(MONDAY.getTime() + HOUR_MS));

    expect(await send()).toMatchObject({ state: 'waiting' });
    at(0, HOUR_MS);
    expect(await send({ baseUrl, retryOnly: true })).toMatchObject({
      state: 'sent',
      accepted: 1,
      refused: 1,
    });
    expect((await rows())[0]!.nextAttemptAt).toEqual(new Date(MONDAY.getTime() + 3 * HOUR_MS));

    s.mailer.answer = () => {};
    at(0, 3 * HOUR_MS);
    expect(await send({ baseUrl, retryOnly: true })).toMatchObject({
      state: 'sent',
      accepted: 2,
      refused: 0,
    });
    expect(s.mailer.sent.map(({ to }) => to)).toEqual([
      `${admin.username}@example.org`,
      `${auditor.username}@example.org`,
    ]);
    const [last] = await rows();
    expect(last).toMatchObject({ attempts: 3, nextAttemptAt: null, sentAt: MONDAY });
    expect(await rows()).toHaveLength(1);
  });

  test('E16: an address that is gone is given up in the end, and the next summary goes', async () => {
    s.mailer.refuse(auditor.username);
    await send();
    for (let count = 0; count < 20; count++) {
      s.clock.set(addDays(s.clock.now(), 1));
      await send({ baseUrl, retryOnly: true });
    }
    expect(await rows()).toMatchObject([{ attempts: 10, nextAttemptAt: null, state: 'sent' }]);
    await give();
    s.clock.set(addDays(s.clock.now(), 1));
    expect(await send()).toMatchObject({ state: 'sent', given: 1 });
  });

  test('E16: a mail server that is down loses no change', async () => {
    s.mailer.answer = () => {
      throw new MailError('later', 'connection refused');
    };
    expect(await send()).toMatchObject({ state: 'failed', accepted: 0, refused: 2 });
    expect(await rows()).toMatchObject([
      { state: 'failed', sentAt: null, error: expect.stringContaining('connection refused') },
    ]);
    const [event] = await s.sql`
      select result, new_value from audit_events where action = 'consent-summary.send'
      order by time_started desc limit 1`;
    expect(event).toMatchObject({ new_value: { state: 'failed', refused: 2 } });

    at(6);
    await give();
    at(7);
    s.mailer.answer = () => {};
    expect(await send()).toMatchObject({ state: 'sent', given: 1 });
    expect(await send()).toMatchObject({ state: 'sent', given: 1 });
    expect(await send()).toMatchObject({ state: 'nothing' });
  });

  test('E16: without a reader it fails and says so, until there is one', async () => {
    await database.sql`update people set disabled_at = now()`;
    expect(await send()).toMatchObject({ state: 'failed' });
    expect((await rows())[0]!.error).toContain('no admin and no auditor');
    const late = await s.person({ role: 'admin' });
    at(0, HOUR_MS);
    expect(await send()).toMatchObject({ state: 'sent', accepted: 1 });
    expect(s.mailer.sent[0]!.to).toContain(late.username);
  });

  test('E16: two at once mail once', async () => {
    const done = await Promise.all([send(), send(), send()]);
    expect(done.filter(({ state }) => state === 'sent')).toHaveLength(1);
    expect(s.mailer.sent).toHaveLength(2);
  });

  test('L9: one whose process died is sent by the next, after the lease, for the same window', async () => {
    expect(await prepareConsentSummary(job, { baseUrl, retryOnly: false })).toMatchObject({ state: 'ready' });
    expect(await send()).toMatchObject({ state: 'waiting' });
    at(0, HOUR_MS);
    expect(await send({ baseUrl, retryOnly: true })).toMatchObject({ state: 'sent', given: 1 });
    expect(await rows()).toMatchObject([
      { attempts: 2, windowEnd: new Date(MONDAY.getTime() - HOUR_MS / 6) },
    ]);
  });

  test('L9: whoever was given up as lost does not write over its successor', async () => {
    let answered: (() => void) | undefined;
    s.mailer.answer = () => new Promise<void>((resolve) => (answered = resolve));
    const lost = send();
    await expect.poll(() => answered).toBeDefined();
    const release = answered!;
    s.mailer.answer = () => {};
    at(0, HOUR_MS);
    expect(await send()).toMatchObject({ state: 'sent', accepted: 2 });
    s.mailer.answer = () => {
      throw new MailError('later', 'too late');
    };
    release();
    await lost;
    expect(await rows()).toMatchObject([{ attempts: 2, state: 'sent', nextAttemptAt: null }]);
  });
});

test('E16: goes over SMTP, and a mailbox that the server refuses is said by its words', async () => {
  const taken: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith(auditor.username) ? new Error('mailbox unavailable') : null),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      resolve((listening.address() as { port: number }).port);
    });
  });
  const mailer = createMailer({
    LAPSE_DATA_DIR: '/nowhere',
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'lapse@example.org',
  });
  try {
    await give({ at: addDays(MONDAY, -1) });
    at(0);
    const done = await sendConsentSummary({ ...job, mailer }, { baseUrl });
    expect(done).toMatchObject({ state: 'sent', accepted: 1, refused: 1 });
    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatch(/^Auto-Submitted: auto-generated/im);
    expect(taken[0]).toContain(`To: ${admin.username}@example.org`);
    expect((await rows())[0]!.recipients[1]!.error).toContain('mailbox unavailable');
  } finally {
    await mailer.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});

describe('the weekly run', () => {
  const run = () =>
    openJobRun(job, s.db, { job: 'weekly-retention-notifications-and-consent-log', trigger: 'schedule' });
  const ended = async () => {
    const { id } = await run();
    await runWeeklyMail(job, { jobRunId: id, baseUrl });
    return loadJobRun(s.db, id);
  };

  test('E16: sends notices and the summary, and says both', async () => {
    await give({ at: addDays(MONDAY, -1) });
    await s.challenge([]);
    at(0);
    expect(await ended()).toMatchObject({
      state: 'succeeded',
      counts: { sent: 1, failed: 0 },
      summary: '1 notice sent, about 1 submission. The summary of consent (1 change) went to 2 readers.',
    });
    expect(await ended()).toMatchObject({
      state: 'succeeded',
      summary: 'No notice was sent. No consent changed.',
    });
  });

  test('E16: a summary that reaches nobody makes the run partial', async () => {
    await give({ at: addDays(MONDAY, -1) });
    at(0);
    s.mailer.refuse(admin.username, auditor.username);
    expect(await ended()).toMatchObject({
      state: 'partial',
      summary: expect.stringContaining(
        'The summary of consent (1 change) reached nobody and is tried again.',
      ),
    });
    expect(await ended()).toMatchObject({ summary: expect.stringContaining('still on its way') });
  });
});

test('L8: hosts, auditors and strangers may not send it, and that is written down', async () => {
  for (const actor of [host, auditor, { type: 'anonymous' } as const]) {
    const before = await s.db.$count(auditEvents);
    await expect(sendConsentSummary(s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
    const { id } = await openJobRun(job, s.db, {
      job: 'weekly-retention-notifications-and-consent-log',
      trigger: 'schedule',
    });
    await expect(runWeeklyMail(s.as(actor), { jobRunId: id })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await s.db.$count(auditEvents)).toBe(before + 2);
  }
  expect(await rows()).toHaveLength(0);
});

describe('the list of summaries', () => {
  test('E16: shows admins and auditors what was sent, the newest first, in pages, without empty weeks', async () => {
    for (let week = 0; week < 5; week++) {
      at(week * 7);
      await send();
      if (week !== 2) await give({ at: addDays(MONDAY, week * 7 + 1) });
    }
    const all = await listConsentSummaries(s.as(auditor));
    expect(all).toMatchObject({ nextCursor: null, summaries: [{ given: 1 }, { given: 1 }, { given: 1 }] });
    const starts: Date[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await listConsentSummaries(s.as(admin), { limit: 2, ...(cursor && { cursor }) });
      starts.push(...page.summaries.map(({ windowStart }) => windowStart));
      cursor = page.nextCursor;
    }
    expect(starts).toEqual(all.summaries.map(({ windowStart }) => windowStart));
    expect(starts).toEqual([...starts].sort((a, b) => b.getTime() - a.getTime()));
  });

  test('hosts may not see it; a place that cannot be read is refused', async () => {
    await expect(listConsentSummaries(s.as(host))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listConsentSummaries(s.as(admin), { cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});
