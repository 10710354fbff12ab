import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { logNotices } from '@/db/schema/logs';
import { noticeItems, notices } from '@/db/schema/notices';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { CleanupWorld } from '@/lib/deletion/testing/cleanup-world';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import { requestOverrideChange } from '@/lib/overrides/request-override-change';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { changePhase } from '@/lib/retention/change-phase';
import { postponeSubmission } from '@/lib/retention/postpone-submission';
import { type Scenario, START, scenario } from '@/lib/retention/testing/scenario';
import { challengeHistory } from './challenge-history';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let admin: Context;
let auditor: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  s.clock.set(START);
  host = await s.person({ displayName: 'Hanna' });
  admin = s.as(await s.person({ role: 'admin', displayName: 'Ada' }));
  auditor = s.as(await s.person({ role: 'auditor' }));
});

/** A challenge to which something of every kind has happened, one a minute, with the kinds in that order. */
async function eventful() {
  const { id: challengeId } = await s.challenge([host]);
  const phase = await s.phase(challengeId, { name: 'Final' });
  const submission = await s.submission(phase.id);
  let minute = 0;
  const then = () => s.clock.set(new Date(Date.parse(START) + ++minute * 60_000).toISOString());

  then();
  await giveConsent(s.as(host), { challengeId, channel: 'api', notes: 'Agreed.' });
  const [consent] = await s.sql`select consent_event_id as id from challenges where id = ${challengeId}`;
  const consentEventId = String(consent?.id);
  then();
  const { holdId } = await placeHold(admin, {
    target: { phaseId: phase.id },
    matter: 'Case 7',
    reason: 'A court asked.',
  });
  then();
  await releaseHold(admin, { holdId, reason: 'The court is done.' });
  then();
  await requestOverrideChange(admin, {
    challengeId,
    field: 'artifact_retention_days_override',
    days: 90,
    reason: 'Asked for.',
  });
  then();
  await changePhase(admin, {
    phaseId: phase.id,
    endDate: '2026-10-01T00:00:00Z',
    reason: 'The platform moved it.',
  });
  then();
  await postponeSubmission(admin, { submissionId: submission.id, until: '2027-05-01', reason: 'A dispute.' });
  then();
  const noticeId = newId();
  const mail = {
    challengeId,
    consentEventId,
    subject: '',
    recipients: [
      { email: 'a@example.org', personId: host.personId, accepted: true },
      { email: 'b@example.org', personId: host.personId, accepted: false, error: 'no such mailbox' },
    ],
    createdAt: s.clock.now(),
  };
  await s.db.insert(notices).values({ ...mail, id: noticeId, state: 'sent', sentAt: s.clock.now() });
  await s.db
    .insert(noticeItems)
    .values({ noticeId, submissionId: submission.id, announcedDate: new Date('2027-05-01T00:00:00Z') });
  then();
  await s.db.insert(logNotices).values({
    ...mail,
    id: newId(),
    environment: 'production',
    state: 'failed',
    days: 60,
    keptUntil: s.clock.now(),
    createdAt: s.clock.now(),
  });
  then();
  await withdrawConsent(s.as(host), { challengeId, channel: 'cli' });
  const kinds = [
    'consent',
    'hold-placed',
    'hold-released',
    'override-ended',
    'phase-changed',
    'postponed',
    'notice',
    'log-notice',
    'consent',
  ];
  return { challengeId, phaseId: phase.id, submissionId: submission.id, kinds: kinds.toReversed() };
}

describe('what has happened to a challenge, newest first', () => {
  test('L8: nothing of it goes with what the audit log keeps no longer, and nothing of it can be changed', async () => {
    const { challengeId, kinds } = await eventful();
    await database.owner.sql.begin(async (tx) => {
      // As once all of it has been pruned.
      await tx`set local session_replication_role = 'replica'`;
      await tx`delete from audit_events`;
    });
    const { entries } = await challengeHistory(admin, { challengeId });
    expect(entries.map(({ fact }) => fact.kind)).toEqual(kinds);
    for (const { sql } of [database, database.owner]) {
      await expect(sql`delete from challenge_changes`).rejects.toThrow();
      await expect(sql`update challenge_changes set reason = 'another'`).rejects.toThrow();
    }
  });

  test('for an admin: each kind, when, by whom, and what', async () => {
    const { challengeId, phaseId, submissionId, kinds } = await eventful();
    const { entries, nextCursor } = await challengeHistory(admin, { challengeId });
    expect(nextCursor).toBeNull();
    expect(entries.map(({ fact }) => fact.kind)).toEqual(kinds);
    expect(entries.map(({ at }) => (at.getTime() - Date.parse(START)) / 60_000)).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
    expect(entries.map(({ by }) => by)).toEqual([
      'Hanna',
      null,
      null,
      ...['Ada', 'Ada', 'Ada', 'Ada', 'Ada'],
      'Hanna',
    ]);
    const facts = entries.map(({ fact }) => fact).toReversed();
    expect(facts).toMatchObject([
      { action: 'given', channel: 'api', notes: 'Agreed.' },
      { phaseId, phaseName: 'Final', submissionId: null, matter: 'Case 7', reason: 'A court asked.' },
      { matter: 'Case 7', reason: 'The court is done.' },
      { field: 'artifact_retention_days_override', oldDays: null, newDays: 90, state: 'in-force' },
      {
        phaseId,
        before: { endDate: new Date('2026-09-01T00:00:00Z') },
        after: { endDate: new Date('2026-10-01T00:00:00Z') },
        reason: 'The platform moved it.',
      },
      { submissionId, until: new Date('2027-05-01T00:00:00Z'), reason: 'A dispute.' },
      {
        state: 'sent',
        recipients: { all: 2, reached: 1 },
        submissions: 1,
        from: new Date('2027-05-01T00:00:00Z'),
      },
      { state: 'failed', environment: 'production', days: 60 },
      { action: 'withdrawn', channel: 'cli' },
    ]);
  });

  test('L3: a host is told of the same, but not what holds are about, nor who of the staff did it', async () => {
    const { challengeId, kinds } = await eventful();
    const { entries } = await challengeHistory(s.as(host), { challengeId });
    expect(entries.map(({ fact }) => fact.kind)).toEqual(kinds);
    expect(entries.map(({ by }) => by)).toEqual(['Hanna', ...Array(7).fill(null), 'Hanna']);
    expect(JSON.stringify(entries)).not.toMatch(/Case 7|court|Ada|platform moved/);
    expect((await challengeHistory(auditor, { challengeId })).entries).toEqual(
      (await challengeHistory(admin, { challengeId })).entries,
    );
  });

  test('L4: a shorter period is told to hosts once it is announced, and its whole story to admins', async () => {
    const { id: challengeId } = await s.challenge([host]);
    await requestOverrideChange(admin, {
      challengeId,
      field: 'artifact_retention_days_override',
      days: 5,
      reason: 'Shorter.',
    });
    const kindsFor = async (ctx: Context) =>
      (await challengeHistory(ctx, { challengeId })).entries.map(({ fact }) => fact.kind);
    expect(await kindsFor(admin)).toEqual(['override-requested']);
    expect(await kindsFor(s.as(host))).toEqual([]);
    s.clock.set('2026-11-21T10:00:00.000Z');
    await s.sql`update override_changes set announced_at = ${s.clock.now().toISOString()}::timestamptz,
      takes_effect_at = ${START}::timestamptz + interval '15 days' where challenge_id = ${challengeId}`;
    expect(await kindsFor(s.as(host))).toEqual(['override-announced', 'override-requested']);
  });

  test('L8: who may not see the challenge is told that there is none', async () => {
    const { id: challengeId } = await s.challenge([host]);
    await expect(challengeHistory(s.as(await s.person()), { challengeId })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('what is of another challenge is not in it', async () => {
    await eventful();
    const { id: challengeId } = await s.challenge([host]);
    expect(await challengeHistory(admin, { challengeId })).toEqual({ entries: [], nextCursor: null });
  });
});

describe('pages', () => {
  test.each([1, 2, 4])('of %i lose and repeat nothing, also where all is of one instant', async (limit) => {
    const { challengeId } = await eventful();
    const at = '2026-11-21T09:05:00.123456Z';
    for (let count = 0; count < 4; count++) {
      await s.sql`insert into holds (id, matter, reason, challenge_id, placed_at, released_at, release_reason)
        values (gen_random_uuid(), 'm', 'r', ${challengeId}, ${at}::timestamptz, ${at}::timestamptz, 'r')`;
    }
    const whole = (await challengeHistory(admin, { challengeId, limit: 100 })).entries;
    expect(whole).toHaveLength(17);
    const seen: typeof whole = [];
    let cursor: string | undefined;
    do {
      const page = await challengeHistory(admin, { challengeId, limit, ...(cursor && { cursor }) });
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      seen.push(...page.entries);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(whole);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(17);
  });

  test.each(['x', 'notice', 'notice.', 'nothing.WyJhIl0', '.', 'consent.W10'])(
    'the cursor %j is refused',
    async (cursor) => {
      const { id: challengeId } = await s.challenge([host]);
      await expect(challengeHistory(admin, { challengeId, cursor })).rejects.toMatchObject({
        code: 'invalid',
      });
    },
  );
});

test('E11: a cleanup that deleted something of the challenge is told with its counts; one that did not, is not', async () => {
  const world = await CleanupWorld.open();
  try {
    const challenge = await world.challenge({ submissions: 2 });
    const kept = await world.challenge({ consentDay: null });
    const { run } = await world.cleanUp();
    const { entries } = await challengeHistory(world.admin, { challengeId: challenge.id });
    expect(entries[0]).toMatchObject({
      by: 'admin',
      at: world.clock.now(),
      fact: { kind: 'cleanup', runId: run.id, files: 4, failed: 0, setAside: false },
    });
    const others = await challengeHistory(world.admin, { challengeId: kept.id });
    expect(others.entries.filter(({ fact }) => fact.kind === 'cleanup')).toEqual([]);
  } finally {
    await world.close();
  }
});
