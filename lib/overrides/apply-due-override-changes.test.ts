import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import { loadJobRun } from '@/lib/jobs/job-run';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import { MailError } from '@/lib/platform/mail/mailer';
import { SmtpMailer } from '@/lib/platform/mail/smtp-mailer';
import { retentionFacts } from '@/lib/retention/facts';
import { applyDueOverrideChanges } from './apply-due-override-changes';
import { applyOverrideChange } from './apply-override-change';
import { cancelOverrideChange } from './cancel-override-change';
import { countOverrideChanges } from './count-override-changes';
import { prepareAnnouncement } from './prepare-announcement';
import { requestOverrideRun } from './request-override-run';
import { BASE_URL, FILES, LOGS, type OverrideWorld, overrideWorld, REASON } from './testing/override-world';

let database: TestDatabase;
let w: OverrideWorld;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  w = await overrideWorld(database);
});
/** Nothing of one test waits in the next. */
afterEach(() => database.sql`update override_changes set state = 'cancelled' where state = 'scheduled'`);

/** The first UTC day that is 14 days and the time for the mails after 21 November, 09:00. */
const EFFECT = '2026-12-06T00:00:00.000Z';
const RULE_DATE = new Date('2026-12-11T00:00:00Z');

/** A shortening from 90 to 40 days that its hosts were told of. */
async function announced(values: Parameters<OverrideWorld['challenge']>[0] = {}) {
  const made = await w.challenge({ artifactRetentionDaysOverride: 90, ...values });
  const { changeId } = await w.request(made.challengeId, FILES, 40);
  expect(await w.run()).toMatchObject({ announced: 1, failed: 0 });
  return { ...made, changeId };
}

describe('the announcement', () => {
  test('L4, L10: tells each host days, date in his zone and UTC, counts, reason and place', async () => {
    const other = await w.person();
    const made = await w.challenge(
      { artifactRetentionDaysOverride: 90, title: 'Find\r\nBcc: x@y & <b>it</b>' },
      [w.host, other],
    );
    const { changeId } = await w.request(made.challengeId, FILES, 40);
    expect(await w.run()).toEqual({ applied: 0, announced: 1, failed: 0, stopped: null });

    expect(w.mailer.sent).toHaveLength(2);
    const far = w.mailer.sent.find(({ to }) => to.startsWith(`${w.host.username}@`));
    expect(far?.subject).toBe(
      'A retention period will be shortened on 6 December 2026: Find Bcc: x@y & <b>it</b>',
    );
    for (const part of [
      'not before 6 Dec 2026, 05:45 GMT+5:45 (00:00 UTC).',
      'Files are kept 40 instead of 90 days after the end of their phase.',
      '1 submission (2 files, 3.0 kB) gets an earlier date.',
      'from 11 Dec 2026, 05:45 GMT+5:45 (00:00 UTC) on, instead of 30 Jan 2027, 05:45 GMT+5:45 (00:00 UTC).',
      `The reason given: ${REASON}`,
      `https://lapse.example.org/challenges/${made.challengeId}`,
    ]) {
      expect(far?.text).toContain(part);
      expect(far?.html).toContain(part);
    }
    expect(far?.html).toContain('&amp; &lt;b&gt;it&lt;/b&gt;');
    expect(far?.html).not.toContain('<b>');
    expect(await w.change(changeId)).toMatchObject({
      state: 'scheduled',
      announcedAt: w.clock.now(),
      takesEffectAt: new Date(EFFECT),
      attempts: 1,
      nextAttemptAt: null,
      lastError: null,
      recipients: [
        { personId: w.host.personId, accepted: true },
        { personId: other.personId, accepted: true },
      ],
    });
    expect(await w.auditOf(`override:${changeId}`)).toMatchObject([
      { action: 'override.announce', result: 'success', newValue: { accepted: 2, refused: 0 } },
    ]);
    // Once.
    expect(await w.run()).toMatchObject({ announced: 0 });
    expect(w.mailer.sent).toHaveLength(2);
  });

  test('L4: about logs alone says what of logs, and that no submission is concerned', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 90, logRetentionDaysOverride: 90 });
    await w.request(made.challengeId, LOGS, null);
    await w.run();
    const text = w.mailer.sent[0]?.text;
    expect(text).toContain('Logs are kept 30 instead of 90 days after the end of the challenge.');
    expect(text).toContain('No submission gets another date by it now.');
    expect(text).not.toContain('Files are kept');
  });

  test('L4: says what it affects when it is told, not when it was asked for', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(made.challengeId, FILES, 40);
    await w.submission(made.phaseId, [7]);
    await database.sql`update submissions set retention_eligible_date = '2027-01-30' where phase_id = ${made.phaseId}`;
    await w.run();
    expect((await w.change(changeId)).impact).toMatchObject({ submissions: 2, files: 3, bytes: 3007 });
    expect(w.mailer.sent[0]?.text).toContain('2 submissions (3 files, 3.0 kB) get an earlier date.');
  });

  test('L4: when no host can be told it stays, shows why, is tried again later, and never takes effect', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(made.challengeId, FILES, 40);
    w.mailer.refuse(w.host.username);
    expect(await w.run()).toMatchObject({ announced: 0, failed: 1 });
    expect(await w.change(changeId)).toMatchObject({
      state: 'scheduled',
      announcedAt: null,
      takesEffectAt: null,
      attempts: 1,
      nextAttemptAt: new Date('2026-11-21T10:00:00Z'),
      lastError: expect.stringContaining('no such mailbox'),
    });
    expect(await countOverrideChanges(w.admin)).toMatchObject({ scheduled: 1, failing: 1, nextEffect: null });
    // 1, 2, 4, 8, 16, 24, 24 hours.
    const waits: number[] = [];
    for (let attempt = 2; attempt <= 7; attempt += 1) {
      const next = (await w.change(changeId)).nextAttemptAt as Date;
      w.clock.set(new Date(next.getTime() - 1));
      expect(await w.run()).toMatchObject({ failed: 0 });
      w.clock.set(next);
      expect(await w.run()).toMatchObject({ failed: 1 });
      const after = (await w.change(changeId)).nextAttemptAt as Date;
      waits.push((after.getTime() - next.getTime()) / 3_600_000);
    }
    expect(waits).toEqual([2, 4, 8, 16, 24, 24]);
    w.clock.set('2027-06-01T00:00:00Z');
    await w.run();
    expect(await w.overridesOf(made.challengeId)).toMatchObject({ files: 90 });
    // A host who can be told starts the 14 days, and not before.
    w.mailer.answer = () => {};
    w.clock.set('2027-07-01T00:00:00Z');
    expect(await w.run()).toMatchObject({ announced: 1 });
    expect((await w.change(changeId)).takesEffectAt).toEqual(new Date('2027-07-16T00:00:00Z'));
  });

  test('L4: a challenge without a host who can be told never gets a shorter period', async () => {
    const gone = await w.person({ disabledAt: w.clock.now() });
    const row = await w.bareChallenge([gone]);
    const { changeId } = await w.request(row.id, LOGS, 20);
    expect(await w.run()).toMatchObject({ failed: 1 });
    expect((await w.change(changeId)).lastError).toContain('no host whose account is enabled');
  });

  test('E16: one bad address does not keep the others from being told', async () => {
    const other = await w.person();
    const made = await w.challenge({ artifactRetentionDaysOverride: 90 }, [w.host, other]);
    const { changeId } = await w.request(made.challengeId, FILES, 40);
    w.mailer.refuse(other.username);
    expect(await w.run()).toMatchObject({ announced: 1, failed: 0 });
    expect((await w.change(changeId)).recipients).toMatchObject([
      { accepted: true },
      { accepted: false, error: expect.stringContaining('no such mailbox') },
    ]);
  });

  test('a mail server that takes nothing ends the run, and says so', async () => {
    for (let count = 0; count < 12; count += 1) {
      const row = await w.bareChallenge([w.host]);
      await w.request(row.id, LOGS, 20);
    }
    w.mailer.answer = () => {
      throw new MailError('later', 'the server is away');
    };
    const run = await requestOverrideRun(w.admin);
    const done = await applyDueOverrideChanges(w.job, { jobRunId: run.id });
    expect(done).toMatchObject({ failed: 10, stopped: expect.stringContaining('took nothing of 10') });
    expect(await loadJobRun(w.db, run.id)).toMatchObject({ state: 'stopped', counts: { failed: 10 } });
  });

  test('L9: killed between the mail and its record, it is told again after an hour, with another day', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(made.challengeId, FILES, 40);
    // The process dies right after its mails: what remains is what prepareAnnouncement wrote.
    const first = await prepareAnnouncement(w.job, changeId, BASE_URL);
    expect(first).toMatchObject({ facts: { takesEffectAt: new Date(EFFECT) } });
    w.clock.set(EFFECT);
    expect(await applyOverrideChange(w.job, changeId)).toBe('waiting');
    expect(await w.overridesOf(made.challengeId)).toMatchObject({ files: 90 });
    expect(await w.run()).toMatchObject({ announced: 1, applied: 0 });
    expect((await w.change(changeId)).takesEffectAt).toEqual(new Date('2026-12-21T00:00:00Z'));
  });

  test('L9: two runs at once tell once', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 90 });
    await w.request(made.challengeId, FILES, 40);
    await Promise.all([w.run(), w.run(), w.run()]);
    expect(w.mailer.sent).toHaveLength(1);
  });

  test('L4: cancelled while its mails go, it stays cancelled', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(made.challengeId, FILES, 40);
    w.mailer.answer = async () => {
      w.mailer.answer = () => {};
      await cancelOverrideChange(w.admin, { changeId, reason: 'a mistake' });
    };
    expect(await w.run()).toMatchObject({ announced: 0, failed: 0 });
    expect(await w.change(changeId)).toMatchObject({ state: 'cancelled', announcedAt: null });
    w.clock.set('2027-06-01T00:00:00Z');
    await w.run();
    expect(await w.overridesOf(made.challengeId)).toMatchObject({ files: 90 });
  });

  test('L4: over real SMTP, what the server takes is announced, and what it refuses is not', async () => {
    const taken: string[] = [];
    let sick = true;
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        if (!sick) taken.push(address);
        done(sick ? Object.assign(new Error('Try again later'), { responseCode: 451 }) : null);
      },
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done());
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    const mailer = new SmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: 'lapse@example.org' });
    try {
      const made = await w.challenge({ artifactRetentionDaysOverride: 90 });
      const { changeId } = await w.request(made.challengeId, FILES, 40);
      const job = { ...w.job, mailer };
      expect(await applyDueOverrideChanges(job, { baseUrl: BASE_URL })).toMatchObject({ failed: 1 });
      expect(await w.change(changeId)).toMatchObject({
        announcedAt: null,
        lastError: expect.stringContaining('Try again later'),
      });
      sick = false;
      w.clock.set('2026-11-21T10:00:00Z');
      expect(await applyDueOverrideChanges(job, { baseUrl: BASE_URL })).toMatchObject({ announced: 1 });
      expect(taken).toEqual([`${w.host.username}@example.org`]);
    } finally {
      await mailer.close();
      await new Promise<void>((resolve) => server.close(resolve));
    }
  });
});

describe('taking effect', () => {
  test('L4, E8: on the day that was told, not a moment before, with the dates', async () => {
    const { challengeId, submissionId, changeId } = await announced();
    const told = (await w.change(changeId)).announcedAt as Date;
    expect(new Date(EFFECT).getTime() - told.getTime()).toBeGreaterThanOrEqual(14 * 86_400_000);
    w.clock.set(new Date(new Date(EFFECT).getTime() - 1));
    expect(await w.run()).toMatchObject({ applied: 0 });
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 90 });
    w.clock.set(EFFECT);
    const run = await requestOverrideRun(w.admin);
    expect(await applyDueOverrideChanges(w.job, { jobRunId: run.id })).toMatchObject({ applied: 1 });
    expect(await loadJobRun(w.db, run.id)).toMatchObject({
      state: 'succeeded',
      summary: '1 change took effect.',
    });
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 40 });
    expect(await w.dateOf(submissionId)).toEqual(RULE_DATE);
    expect(await w.change(changeId)).toMatchObject({
      state: 'in-force',
      endedAt: new Date(EFFECT),
      endedBy: { type: 'system', job: 'apply-override-changes' },
    });
    expect((await w.auditOf(`override:${changeId}`)).at(-1)).toMatchObject({
      action: 'override.apply',
      result: 'success',
      oldValue: { [FILES]: 90 },
      newValue: { [FILES]: 40, datesChanged: 1 },
    });
    // Again is nothing.
    expect(await w.run()).toMatchObject({ applied: 0 });
  });

  test('E14: a shorter log period is told to the logs in the same transaction', async () => {
    const made = await w.challenge({ logRetentionDaysOverride: 90 });
    await w.request(made.challengeId, LOGS, 40);
    await w.run();
    const before = (await w.sentEvents('lapse/log-retention.requested')).length;
    w.clock.set(EFFECT);
    await w.run();
    const events = await w.sentEvents('lapse/log-retention.requested');
    expect(events).toHaveLength(before + 1);
    expect(await w.overridesOf(made.challengeId)).toEqual({ files: null, logs: 40 });
  });

  test('L4, L1: with the consent withdrawn meanwhile it takes effect, and gives nothing a date', async () => {
    const { challengeId, submissionId } = await announced();
    await withdrawConsent(w.as(w.host), { challengeId, channel: 'api' });
    w.clock.set(EFFECT);
    expect(await w.run()).toMatchObject({ applied: 1 });
    expect(await w.dateOf(submissionId)).toBeNull();
  });

  test('L3: a hold keeps holding', async () => {
    const { challengeId, submissionId } = await announced();
    const hold = await placeHold(w.admin, { target: { challengeId }, matter: 'Case 1', reason: 'asked' });
    w.clock.set(EFFECT);
    expect(await w.run()).toMatchObject({ applied: 1 });
    const [fact] = await w.db.execute<{ reason: string }>(
      retentionFacts(new Date('2027-06-01T00:00:00Z'), sql`s.id = ${submissionId}`),
    );
    expect(fact?.reason).toBe('held');
    await releaseHold(w.admin, { holdId: hold.holdId, reason: 'over' });
    expect(await w.dateOf(submissionId)).toEqual(RULE_DATE);
  });

  test('L4, L2: a date that a notice has told never moves earlier by it', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 36 });
    w.clock.set('2026-11-24T09:00:00Z');
    await sendDueNotices(w.job, { baseUrl: BASE_URL });
    const told = await w.dateOf(made.submissionId);
    expect(told).toEqual(new Date('2026-12-09T00:00:00Z'));
    await w.request(made.challengeId, FILES, 1);
    await w.run();
    w.clock.set('2026-12-09T00:00:00Z');
    expect(await w.run()).toMatchObject({ applied: 1 });
    expect(await w.dateOf(made.submissionId)).toEqual(told);
  });

  test('L4: when another override has made it worse than was told, hosts are told again first', async () => {
    const made = await w.challenge({ artifactRetentionDaysOverride: 100, logRetentionDaysOverride: 200 });
    const { changeId } = await w.request(made.challengeId, LOGS, 20);
    await w.run();
    expect(w.mailer.sent.at(-1)?.text).not.toContain('Files are kept');
    // 100 to 200 days: longer, at once. Only now the logs' period is the artifacts' as well.
    expect(await w.request(made.challengeId, FILES, null)).toMatchObject({ state: 'in-force' });
    w.clock.set(EFFECT);
    expect(await w.run()).toMatchObject({ applied: 0, announced: 1 });
    expect(w.mailer.sent.at(-1)?.text).toContain('Files are kept 20 instead of 200 days');
    expect(await w.overridesOf(made.challengeId)).toEqual({ files: null, logs: 200 });
    expect((await w.change(changeId)).takesEffectAt).toEqual(new Date('2026-12-21T00:00:00Z'));
    w.clock.set('2026-12-21T00:00:00Z');
    expect(await w.run()).toMatchObject({ applied: 1 });
  });

  test('L9: one that fails does not keep the others', async () => {
    const broken = await announced();
    const sound = await announced();
    await database.sql`update override_changes set impact = '{}' where id = ${broken.changeId}`;
    w.clock.set(EFFECT);
    expect(await w.run()).toMatchObject({ applied: 1, failed: 1 });
    expect(await w.overridesOf(broken.challengeId)).toMatchObject({ files: 90 });
    expect(await w.overridesOf(sound.challengeId)).toMatchObject({ files: 40 });
  });
});
