import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { challenges, submissions } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { hostTeamMembers, memberPermission, memberStatus, people } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { UserActor } from '@/lib/people/actor';
import { RETENTION_POLICY_TEXT } from '@/lib/retention/policy';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { consentImpact } from './consent-impact';
import { ShownTextChanged } from './consent-input';
import { giveConsent } from './give-consent';
import { withdrawConsent } from './withdraw-consent';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
});

const api = { channel: 'api' } as const;
const eventsOf = (challengeId: number) =>
  s.db
    .select()
    .from(consentEvents)
    .where(eq(consentEvents.challengeId, challengeId))
    .orderBy(consentEvents.sequence);
const auditOf = (challengeId: number) =>
  s.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.target, `challenge:${challengeId}`))
    .orderBy(auditEvents.id);
const load = async (id: number) => (await s.db.select().from(challenges).where(eq(challenges.id, id)))[0]!;
const dateOf = async (id: number) =>
  (await s.db.select().from(submissions).where(eq(submissions.id, id)))[0]!.retentionEligibleDate;

describe('giving consent', () => {
  test('E7, E5: dates are set at once, and never earlier than 14 days after consent', async () => {
    const challenge = await s.challenge([host]);
    const over = await s.phase(challenge.id);
    const running = await s.phase(challenge.id, { endDate: new Date('2026-12-24T00:00:00Z') });
    const early = await s.submission(over.id, [100, null]);
    const late = await s.submission(running.id);

    const result = await giveConsent(s.as(host), { challengeId: challenge.id, ...api });

    expect(result).toMatchObject({
      outcome: 'given',
      challengeId: challenge.id,
      challengeTitle: challenge.title,
      consentDate: new Date('2026-11-21T09:00:00Z'),
      consentBy: { id: host.personId, username: host.username, displayName: host.displayName },
      datesSet: 2,
      impact: { submissions: 2, files: 3, bytes: 1100, filesOfUnknownSize: 1 },
    });
    expect(await dateOf(early.id)).toEqual(new Date('2026-12-05T09:00:00Z'));
    expect(await dateOf(late.id)).toEqual(new Date('2027-01-23T00:00:00Z'));
  });

  test('E18: a second consent keeps the first date and person', async () => {
    const other = await s.person();
    const challenge = await s.challenge([host, other]);
    await giveConsent(s.as(host), { challengeId: challenge.id, notes: 'first', ...api });
    s.clock.set('2026-11-22T09:00:00Z');

    const again = await giveConsent(s.as(other), { challengeId: challenge.id, notes: 'second', ...api });

    expect(again).toMatchObject({
      outcome: 'already-given',
      consentDate: new Date('2026-11-21T09:00:00Z'),
      consentBy: { id: host.personId },
    });
    expect(await load(challenge.id)).toMatchObject({
      retentionPolicyNotes: 'first',
      retentionPolicyConsentBy: host.personId,
    });
    expect(await eventsOf(challenge.id)).toHaveLength(1);
  });

  test('E7: two hosts at once make one record', async () => {
    const other = await s.person();
    const challenge = await s.challenge([host, other]);
    const results = await Promise.all(
      [host, other, host, other].map((actor) =>
        giveConsent(s.as(actor), { challengeId: challenge.id, ...api }),
      ),
    );
    expect(results.filter((result) => result.outcome === 'given')).toHaveLength(1);
    expect(new Set(results.map((result) => result.consentBy.id)).size).toBe(1);
    expect(await eventsOf(challenge.id)).toHaveLength(1);
  });

  test('E7: giving and withdrawing at once end in one of two sound states', async () => {
    for (let round = 0; round < 8; round++) {
      const challenge = await s.challenge([host]);
      const phase = await s.phase(challenge.id);
      const submission = await s.submission(phase.id);
      await Promise.all([
        giveConsent(s.as(host), { challengeId: challenge.id, ...api }),
        withdrawConsent(s.as(host), { challengeId: challenge.id, ...api }),
      ]);
      const after = await load(challenge.id);
      const last = (await eventsOf(challenge.id)).at(-1);
      expect(after.retentionPolicyConsent).toBe(last?.action === 'given');
      expect((await dateOf(submission.id)) !== null).toBe(after.retentionPolicyConsent);
    }
  });
});

describe('who may', () => {
  test('E3: of 5 statuses and 4 permissions, only Accepted or Self with Admin or Write', async () => {
    const allowed: string[] = [];
    for (const status of memberStatus.enumValues) {
      for (const permission of memberPermission.enumValues) {
        const member = await s.person();
        const challenge = await s.challenge([], {
          creatorTeamId: await s.team([[member, { status, permission }]]),
        });
        await giveConsent(s.as(member), { challengeId: challenge.id, ...api }).then(
          () => allowed.push(`${status} ${permission}`),
          (error) => expect(error).toMatchObject({ code: 'forbidden' }),
        );
        expect(await eventsOf(challenge.id)).toHaveLength(
          allowed.at(-1) === `${status} ${permission}` ? 1 : 0,
        );
      }
    }
    expect(allowed.sort()).toEqual(['Accepted Admin', 'Accepted Write', 'Self Admin', 'Self Write']);
  });

  test('E3: staff, auditors, disabled hosts, jobs and strangers are refused, and each refusal is an audit event', async () => {
    const admin = await s.person({ role: 'admin' });
    const auditor = await s.person({ role: 'auditor' });
    const disabled = await s.person({ disabledAt: new Date() });
    const challenge = await s.challenge([host, auditor, disabled]);
    const refused = [
      s.as(admin),
      s.as(auditor),
      s.as(disabled),
      s.as(await s.person()),
      s.as({ type: 'system', job: 'some-job' }),
      s.as({ type: 'anonymous' }),
    ];
    for (const ctx of refused) {
      for (const verb of [giveConsent, withdrawConsent]) {
        await expect(verb(ctx, { challengeId: challenge.id, ...api })).rejects.toMatchObject({
          code: 'forbidden',
        });
      }
    }
    expect(await eventsOf(challenge.id)).toHaveLength(0);
    const audit = await auditOf(challenge.id);
    expect(audit).toHaveLength(refused.length * 2);
    expect(audit.every((event) => event.result === 'error' && event.error?.startsWith('forbidden: '))).toBe(
      true,
    );
  });

  test('E3: an admin who is a host of the challenge may', async () => {
    const admin = await s.person({ role: 'admin' });
    const challenge = await s.challenge([admin]);
    expect(await giveConsent(s.as(admin), { challengeId: challenge.id, ...api })).toMatchObject({
      outcome: 'given',
    });
  });

  test('E3: what counts is the account now, not the session', async () => {
    const challenge = await s.challenge([host]);
    await s.db.update(people).set({ role: 'auditor' }).where(eq(people.id, host.personId));
    await expect(giveConsent(s.as(host), { challengeId: challenge.id, ...api })).rejects.toThrow(/Auditors/);
    await s.db.update(people).set({ role: 'host' }).where(eq(people.id, host.personId));
    await s.db.delete(hostTeamMembers).where(eq(hostTeamMembers.personId, host.personId));
    await expect(giveConsent(s.as(host), { challengeId: challenge.id, ...api })).rejects.toThrow(
      /not a host/,
    );
  });

  test('E22: from the shell only in the name of a host', async () => {
    const challenge = await s.challenge([host]);
    const stranger = await s.person();
    const cli = s.as({ type: 'cli', osUser: 'root' });
    const input = { challengeId: challenge.id, channel: 'cli' } as const;
    await expect(giveConsent(cli, input)).rejects.toMatchObject({ code: 'invalid' });
    await expect(giveConsent(cli, { ...input, onBehalfOf: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(giveConsent(cli, { ...input, onBehalfOf: stranger.username })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const given = await giveConsent(cli, { ...input, onBehalfOf: host.username.toUpperCase() });
    expect(given).toMatchObject({ outcome: 'given', consentBy: { id: host.personId } });
    expect((await auditOf(challenge.id)).at(-1)).toMatchObject({ actor: 'cli:root', result: 'success' });
  });

  test('a person signed in cannot act in the name of another', async () => {
    const other = await s.person();
    const challenge = await s.challenge([other]);
    await expect(
      giveConsent(s.as(host), { challengeId: challenge.id, onBehalfOf: other.username, ...api }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('E18: a challenge that does not exist is not found', async () => {
    await expect(giveConsent(s.as(host), { challengeId: 999_999, ...api })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('withdrawing consent', () => {
  test('E1, E7: clears the flag, its date and person, and every pending date', async () => {
    const challenge = await s.challenge([host]);
    const phase = await s.phase(challenge.id);
    const submission = await s.submission(phase.id);
    await giveConsent(s.as(host), { challengeId: challenge.id, notes: 'yes', ...api });

    const result = await withdrawConsent(s.as(host), { challengeId: challenge.id, notes: 'no', ...api });

    expect(result).toMatchObject({
      outcome: 'withdrawn',
      datesCleared: 1,
      impact: { pendingSubmissions: 1, files: 1, bytes: 1000, deletingFiles: 0 },
    });
    expect(await dateOf(submission.id)).toBeNull();
    expect(await load(challenge.id)).toMatchObject({
      retentionPolicyConsent: false,
      retentionPolicyConsentDate: null,
      retentionPolicyConsentBy: null,
      consentEventId: null,
      retentionPolicyNotes: 'no',
    });
    expect((await eventsOf(challenge.id)).map((event) => event.action)).toEqual(['given', 'withdrawn']);
  });

  test('E7: withdrawing what was never given changes nothing', async () => {
    const challenge = await s.challenge([host]);
    expect(await withdrawConsent(s.as(host), { challengeId: challenge.id, ...api })).toMatchObject({
      outcome: 'not-given',
    });
    expect(await eventsOf(challenge.id)).toHaveLength(0);
  });

  test('L7: what has passed the commit point is reported, not touched; what is deleted keeps its date', async () => {
    const challenge = await s.challenge([host]);
    const phase = await s.phase(challenge.id);
    const gone = await s.submission(phase.id, [], { isArtifactDeleted: true });
    await s.artifact(gone.id, { state: 'deleted' });
    const going = await s.submission(phase.id, []);
    const claimed = await s.artifact(going.id, { state: 'deleting', sizeBytes: 5 });
    await s.artifact(going.id, { kind: 'stdout_file', sizeBytes: 7 });
    await giveConsent(s.as(host), { challengeId: challenge.id, ...api });
    const date = new Date('2026-10-10T00:00:00Z');
    await s.db.update(submissions).set({ retentionEligibleDate: date }).where(eq(submissions.id, gone.id));

    const result = await withdrawConsent(s.as(host), { challengeId: challenge.id, ...api });

    expect(result).toMatchObject({
      impact: {
        pendingSubmissions: 1,
        files: 1,
        bytes: 7,
        deletingFiles: 1,
        deletedFiles: 1,
        deletedSubmissions: 1,
      },
    });
    expect(await dateOf(gone.id)).toEqual(date);
    expect(await dateOf(going.id)).toBeNull();
    const states = await s.sql`select state from artifacts where id = ${claimed.id}`;
    expect(states).toMatchObject([{ state: 'deleting' }]);
  });

  test('L1: a consent that stands on a forged record is none, and can be given or withdrawn', async () => {
    const other = await s.challenge([host]);
    await giveConsent(s.as(host), { challengeId: other.id, ...api });
    const challenge = await s.challenge([host]);
    const forge = async () => {
      const { consentEventId } = await load(other.id);
      await s.db
        .update(challenges)
        .set({
          retentionPolicyConsent: true,
          retentionPolicyConsentBy: host.personId,
          retentionPolicyConsentDate: new Date('2020-01-01T00:00:00Z'),
          consentEventId,
        })
        .where(eq(challenges.id, challenge.id));
    };
    await forge();
    expect((await consentImpact(s.as(host), { challengeId: challenge.id })).consent).toBeNull();
    expect(await giveConsent(s.as(host), { challengeId: challenge.id, ...api })).toMatchObject({
      outcome: 'given',
      consentDate: new Date('2026-11-21T09:00:00Z'),
    });
    await forge();
    expect(await withdrawConsent(s.as(host), { challengeId: challenge.id, ...api })).toMatchObject({
      outcome: 'withdrawn',
    });
  });
});

describe('what was shown', () => {
  test('B3: the record keeps the text of the dialog and its figures, word for word', async () => {
    const challenge = await s.challenge([host], { title: 'Find "it"\n<b>' });
    const phase = await s.phase(challenge.id);
    await s.submission(phase.id);
    const { shownText } = await consentImpact(s.as(host), { challengeId: challenge.id });
    expect(shownText).toContain(RETENTION_POLICY_TEXT);
    expect(shownText).toContain('This concerns 1 submission: 1 file, 1.0 kB.');
    expect(shownText).toContain('Nothing is deleted before 5 December 2026 (UTC).');

    // A form in a browser sends CR LF.
    const crlf = shownText.replaceAll('\n', '\r\n');
    await giveConsent(s.as(host), { challengeId: challenge.id, channel: 'browser', shownText: crlf });

    const [event] = await eventsOf(challenge.id);
    expect(event).toMatchObject({
      shownText,
      channel: 'browser',
      shownFigures: { submissions: 1, files: 1, bytes: 1000, retentionDays: 30 },
    });
  });

  test('B3: when something changed while the dialog was open, nothing is decided and the fresh text comes back', async () => {
    const challenge = await s.challenge([host]);
    const phase = await s.phase(challenge.id);
    const { shownText } = await consentImpact(s.as(host), { challengeId: challenge.id });
    await s.submission(phase.id);
    const input = { challengeId: challenge.id, channel: 'browser' } as const;

    const refused = await giveConsent(s.as(host), { ...input, shownText }).catch((error) => error);
    expect(refused).toBeInstanceOf(ShownTextChanged);
    expect(refused.code).toBe('conflict');
    expect((await load(challenge.id)).retentionPolicyConsent).toBe(false);

    const { freshText } = refused as ShownTextChanged;
    expect(await giveConsent(s.as(host), { ...input, shownText: freshText })).toMatchObject({
      outcome: 'given',
    });
  });

  test('a browser must say what it showed; for other channels the record says that no dialog was shown', async () => {
    const challenge = await s.challenge([host]);
    await expect(
      giveConsent(s.as(host), { challengeId: challenge.id, channel: 'browser' }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await giveConsent(s.as(host), { challengeId: challenge.id, ...api });
    expect((await eventsOf(challenge.id))[0]?.shownText).toMatch(/^Lapse showed no dialog: .* by api\./);
  });

  test.each([
    [{ challengeId: '7' }, /"7" is not a number: use a whole id from 1/],
    [{ challengeId: 0 }, /0 is not allowed/],
    [{ challengeId: 1.5 }, /1.5 is not allowed/],
    [{ challengeId: Number.NaN }, /NaN/],
    [{ notes: 'x'.repeat(2001) }, /2,001 characters are too many: use at most 2,000/],
    [{ notes: 'a\0b' }, /NUL/],
    [{ channel: 'telepathy' }, /use one of browser, api/],
    [{ consent: true }, /consent/],
  ])('wrong input is refused with what is allowed: %j', async (wrong, message) => {
    const challenge = await s.challenge([host]);
    const input = { challengeId: challenge.id, ...api, ...wrong } as Parameters<typeof giveConsent>[1];
    await expect(giveConsent(s.as(host), input)).rejects.toThrow(message);
    await expect(withdrawConsent(s.as(host), input)).rejects.toThrow(message);
  });
});

test('L8: every decision leaves actor, old and new value and reason', async () => {
  const challenge = await s.challenge([host]);
  await giveConsent(s.as(host), { challengeId: challenge.id, notes: 'why not', ...api });
  await withdrawConsent(s.as(host), { challengeId: challenge.id, notes: 'because', ...api });
  expect(await auditOf(challenge.id)).toMatchObject([
    {
      action: 'consent.give',
      actor: `user:${host.personId}`,
      result: 'success',
      reason: 'why not',
      oldValue: { consent: false },
      newValue: { consent: true, consentBy: host.personId },
    },
    {
      action: 'consent.withdraw',
      result: 'success',
      reason: 'because',
      oldValue: { consent: true, consentBy: host.personId },
      newValue: { consent: false },
    },
  ]);
});
