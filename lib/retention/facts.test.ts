import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { submissionStatus } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { holds } from '@/db/schema/holds';
import { noticeItems, notices } from '@/db/schema/notices';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { UserActor } from '@/lib/people/actor';
import { DAY_MS } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { retentionFacts } from './facts';
import { recomputeChallengeDates } from './recompute-dates';
import { decide, eligibleDate, type RetentionFacts } from './retention-rule';
import { type Scenario, START, scenario } from './testing/scenario';

const NOW = new Date(START);

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
/** A consent record of another challenge, for what is forged. */
let foreignEvent: string;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  host = await s.person();
  const other = await s.challenge([host]);
  foreignEvent = await recordConsent(other.id, 'given', NOW);
});
afterAll(() => database.close());

/** Half days around now, so that ties and exact limits come up often. */
const instant = fc
  .integer({ min: -120, max: 60 })
  .map((half) => new Date(NOW.getTime() + (half * DAY_MS) / 2));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 3 });

const world = fc.record({
  useHostCredentials: rarely(),
  vanished: rarely(),
  disabled: rarely(),
  artifactDays: maybe(fc.integer({ min: 1, max: 60 })),
  logDays: maybe(fc.integer({ min: 1, max: 60 })),
  consent: fc.constantFrom(
    ...(['given', 'given', 'given', 'given-again', 'none', 'withdrawn'] as const),
    ...(['forged-foreign', 'forged-withdrawn', 'forged-outdated'] as const),
  ),
  consentAt: instant,
  phaseEnd: fc.option(instant, { nil: null, freq: 8 }),
  phaseIsPublic: rarely(),
  status: fc.oneof(fc.constant('finished' as const), fc.constantFrom(...submissionStatus.enumValues)),
  postponedUntil: maybe(instant),
  storedDate: fc.option(instant, { nil: null, freq: 8 }),
  holds: fc.array(
    fc.record({
      on: fc.constantFrom('challenge', 'phase', 'submission'),
      released: fc.option(instant, { nil: null, freq: 3 }),
    }),
    { maxLength: 3 },
  ),
  notices: fc.array(
    fc.record({
      state: fc.constantFrom(...(['sent', 'sent', 'sent', 'failed', 'sending'] as const)),
      sentAt: instant,
      /** Under the consent that is in force, or under another one. */
      current: fc.boolean(),
      announced: fc.oneof(fc.constant('stored' as const), fc.constant('computed' as const), instant),
    }),
    { maxLength: 4 },
  ),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function rarely() {
  return fc.integer({ min: 0, max: 9 }).map((value) => value === 0);
}

test('E4, E5, E6, L1-L3: the rule and its SQL agree on date and reason, whatever has happened', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(world, async (drawn) => {
      const { challengeId, facts } = await build(drawn);
      const row = await factsOf(challengeId);
      const expected = { date: eligibleDate(facts).date?.toISOString() ?? null, reason: decide(facts, NOW) };
      expect(row).toEqual(expected);
      seen.add(expected.reason);

      // Bringing the stored date in line is the same rule again, and does nothing the second time.
      await s.db.transaction((tx) => recomputeChallengeDates(tx, challengeId, NOW));
      const stored = await s.db.execute<{ date: string | null }>(sql`
        select retention_eligible_date as date from submissions s join challenge_phases p on p.id = s.phase_id
        where p.challenge_id = ${challengeId}`);
      expect(iso(stored[0]?.date ?? null)).toBe(expected.date);
      const again = { ...facts, storedDate: eligibleDate(facts).date };
      expect((await factsOf(challengeId)).reason).toBe(decide(again, NOW));
      expect(await s.db.transaction((tx) => recomputeChallengeDates(tx, challengeId, NOW))).toBe(0);
    }),
    { numRuns: 200 },
  );
  // The draw is wide enough to say something.
  expect(seen.size).toBeGreaterThanOrEqual(9);
});

async function factsOf(challengeId: number): Promise<{ date: string | null; reason: string }> {
  const rows = await s.db.execute<{ computed_date: string | null; reason: string }>(
    retentionFacts(NOW, sql`c.id = ${challengeId}`),
  );
  expect(rows).toHaveLength(1);
  return { date: iso(rows[0]!.computed_date), reason: rows[0]!.reason };
}

const iso = (text: string | null) => (text === null ? null : new Date(text).toISOString());

async function recordConsent(challengeId: number, action: 'given' | 'withdrawn', at: Date): Promise<string> {
  const id = newId();
  await s.db.insert(consentEvents).values({
    id,
    challengeId,
    action,
    at,
    personId: host.personId,
    channel: 'api',
    shownText: '',
    policyVersion: '1',
    shownFigures: {},
  });
  return id;
}

/** Writes the drawn world into the database, and says in the rule's words what it is. */
async function build(drawn: World): Promise<{ challengeId: number; facts: RetentionFacts }> {
  const challenge = await s.challenge([host], {
    useHostCredentials: drawn.useHostCredentials,
    vanishedAt: drawn.vanished ? NOW : null,
    disabled: drawn.disabled,
    artifactRetentionDaysOverride: drawn.artifactDays,
    logRetentionDaysOverride: drawn.logDays,
  });
  const phase = await s.phase(challenge.id, { endDate: drawn.phaseEnd, isPublic: drawn.phaseIsPublic });
  const submission = await s.submission(phase.id, [], {
    status: drawn.status,
    retentionPostponedUntil: drawn.postponedUntil,
    retentionEligibleDate: drawn.storedDate,
  });
  const consent = await buildConsent(challenge.id, drawn);
  for (const hold of drawn.holds) {
    await s.db.insert(holds).values({
      id: newId(),
      matter: 'm',
      reason: 'r',
      placedAt: new Date('2020-01-01T00:00:00Z'),
      releasedAt: hold.released,
      ...(hold.on === 'challenge' && { challengeId: challenge.id }),
      ...(hold.on === 'phase' && { phaseId: phase.id }),
      ...(hold.on === 'submission' && { submissionId: submission.id }),
    });
  }
  const facts: RetentionFacts = {
    useHostCredentials: drawn.useHostCredentials,
    vanished: drawn.vanished,
    disabled: drawn.disabled,
    consentAt: consent.inForce ? drawn.consentAt : null,
    artifactRetentionDaysOverride: drawn.artifactDays,
    logRetentionDaysOverride: drawn.logDays,
    phaseEnd: drawn.phaseEnd,
    phaseIsPublic: drawn.phaseIsPublic,
    status: drawn.status,
    postponedUntil: drawn.postponedUntil,
    held: drawn.holds.some((hold) => hold.released === null),
    storedDate: drawn.storedDate,
    notice: null,
  };
  return { challengeId: challenge.id, facts: { ...facts, notice: await buildNotices() } };

  async function buildNotices() {
    const lastRelease = Math.max(
      ...drawn.holds.map((hold) => hold.released?.getTime() ?? Number.NEGATIVE_INFINITY),
      Number.NEGATIVE_INFINITY,
    );
    let counting: RetentionFacts['notice'] = null;
    for (const notice of drawn.notices) {
      const announcedDate =
        (notice.announced === 'stored'
          ? drawn.storedDate
          : notice.announced === 'computed'
            ? eligibleDate(facts).date
            : notice.announced) ?? NOW;
      const consentEventId = notice.current ? consent.eventId : consent.otherEventId;
      const id = newId();
      await s.db.insert(notices).values({
        id,
        challengeId: challenge.id,
        consentEventId,
        state: notice.state,
        createdAt: notice.sentAt,
        sentAt: notice.state === 'sent' ? notice.sentAt : null,
        recipients: [],
        subject: '',
      });
      await s.db.insert(noticeItems).values({ noticeId: id, submissionId: submission.id, announcedDate });
      const counts =
        notice.state === 'sent' &&
        consent.inForce &&
        notice.current &&
        notice.sentAt.getTime() > lastRelease &&
        (counting === null || notice.sentAt >= counting.sentAt);
      if (counts) counting = { sentAt: notice.sentAt, announcedDate };
    }
    return counting;
  }
}

async function buildConsent(challengeId: number, drawn: World) {
  const record = (action: 'given' | 'withdrawn', at = drawn.consentAt) =>
    recordConsent(challengeId, action, at);
  const older = new Date('2026-01-01T00:00:00Z');
  // What is forged claims an old date as well: only the record's own counts.
  const claim = (eventId: string, date: Date) =>
    s.sql`update challenges set retention_policy_consent = true, retention_policy_consent_date = ${date.toISOString()},
      retention_policy_consent_by = ${host.personId}, consent_event_id = ${eventId} where id = ${challengeId}`;

  switch (drawn.consent) {
    case 'none':
      return { inForce: false, eventId: foreignEvent, otherEventId: foreignEvent };
    case 'given': {
      const eventId = await record('given');
      await claim(eventId, older);
      return { inForce: true, eventId, otherEventId: foreignEvent };
    }
    case 'given-again': {
      const first = await record('given', older);
      await record('withdrawn', older);
      const eventId = await record('given');
      await claim(eventId, drawn.consentAt);
      return { inForce: true, eventId, otherEventId: first };
    }
    case 'withdrawn': {
      const eventId = await record('given');
      await record('withdrawn');
      return { inForce: false, eventId, otherEventId: foreignEvent };
    }
    case 'forged-foreign':
      await claim(foreignEvent, older);
      return { inForce: false, eventId: foreignEvent, otherEventId: foreignEvent };
    case 'forged-withdrawn': {
      const given = await record('given');
      const withdrawn = await record('withdrawn');
      await claim(withdrawn, older);
      return { inForce: false, eventId: withdrawn, otherEventId: given };
    }
    case 'forged-outdated': {
      const given = await record('given');
      await record('withdrawn');
      await claim(given, older);
      return { inForce: false, eventId: given, otherEventId: foreignEvent };
    }
  }
}

test('E8, L4: a longer period counts at once; a shorter one never undercuts what was announced', async () => {
  const base: RetentionFacts = {
    useHostCredentials: false,
    vanished: false,
    disabled: false,
    consentAt: new Date('2026-01-01T00:00:00Z'),
    artifactRetentionDaysOverride: 60,
    logRetentionDaysOverride: null,
    phaseEnd: new Date('2026-10-01T00:00:00Z'),
    phaseIsPublic: false,
    status: 'finished',
    postponedUntil: null,
    held: false,
    storedDate: null,
    notice: { sentAt: new Date('2026-11-10T00:00:00Z'), announcedDate: new Date('2026-11-30T00:00:00Z') },
  };
  expect(eligibleDate(base)).toEqual({ date: new Date('2026-11-30T00:00:00Z'), why: 'phase-end' });
  expect(eligibleDate({ ...base, artifactRetentionDaysOverride: 90 }).date).toEqual(
    new Date('2026-12-30T00:00:00Z'),
  );
  expect(eligibleDate({ ...base, artifactRetentionDaysOverride: 1 })).toEqual({
    date: new Date('2026-11-30T00:00:00Z'),
    why: 'announced',
  });
});
