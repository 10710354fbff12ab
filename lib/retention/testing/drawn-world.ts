import fc from 'fast-check';
import { submissionStatus } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { holds } from '@/db/schema/holds';
import { noticeItems, notices } from '@/db/schema/notices';
import { DAY_MS } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { eligibleDate, type RetentionFacts } from '../retention-rule';
import { type Scenario, START } from './scenario';

/** The instant around which everything is drawn. */
export const NOW = new Date(START);

/** Half days around now, so that ties and exact limits come up often, and now and then a millisecond beside them. */
const instant = fc
  .tuple(
    fc.integer({ min: -120, max: 60 }),
    fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1)),
  )
  .map(([half, beside]) => new Date(NOW.getTime() + (half * DAY_MS) / 2 + beside));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 3 });

/** Everything that a retention date can depend on, and some of it forged. */
export const drawnWorld = fc.record({
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
  /** When pauses of the challenge and of the phase ended last. */
  challengeResumed: fc.option(instant, { nil: null, freq: 2 }),
  phaseResumed: fc.option(instant, { nil: null, freq: 2 }),
  holds: fc.array(
    fc.record({
      on: fc.constantFrom('challenge', 'phase', 'submission'),
      released: fc.option(instant, { nil: null, freq: 3 }),
    }),
    { maxLength: 3 },
  ),
  /** Another submission of the challenge, whose hold and notice are not this one's. */
  sibling: fc.record({
    held: fc.constantFrom('no', 'submission', 'phase'),
    released: maybe(instant),
    noticedAt: maybe(instant),
  }),
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
export type DrawnWorld = typeof drawnWorld extends fc.Arbitrary<infer T> ? T : never;

function rarely() {
  return fc.integer({ min: 0, max: 9 }).map((value) => value === 0);
}

export interface BuiltWorld {
  challengeId: number;
  submissionId: number;
  /** The drawn world in the rule's words. */
  facts: RetentionFacts;
}

/** Writes drawn worlds into the database, and says in the rule's words what each is. */
export async function worldBuilder(s: Scenario) {
  const host = await s.person();
  const other = await s.challenge([host]);
  /** A consent record of another challenge, for what is forged. */
  const foreignEvent = await recordConsent(other.id, 'given', NOW);
  return build;

  async function build(drawn: DrawnWorld): Promise<BuiltWorld> {
    const challenge = await s.challenge([host], {
      useHostCredentials: drawn.useHostCredentials,
      vanishedAt: drawn.vanished ? NOW : null,
      disabled: drawn.disabled,
      artifactRetentionDaysOverride: drawn.artifactDays,
      logRetentionDaysOverride: drawn.logDays,
      deletionResumedAt: drawn.challengeResumed,
    });
    const phase = await s.phase(challenge.id, {
      endDate: drawn.phaseEnd,
      isPublic: drawn.phaseIsPublic,
      deletionResumedAt: drawn.phaseResumed,
    });
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
    await buildSibling();
    return {
      challengeId: challenge.id,
      submissionId: submission.id,
      facts: { ...facts, notice: await buildNotices() },
    };

    async function buildSibling() {
      const { held, released, noticedAt } = drawn.sibling;
      const otherPhase = await s.phase(challenge.id, { endDate: NOW });
      const sibling = await s.submission(otherPhase.id, []);
      if (held !== 'no') {
        await s.db.insert(holds).values({
          id: newId(),
          matter: 'm',
          reason: 'r',
          placedAt: new Date('2020-01-01T00:00:00Z'),
          releasedAt: released,
          ...(held === 'phase' ? { phaseId: otherPhase.id } : { submissionId: sibling.id }),
        });
      }
      if (!noticedAt) return;
      const id = newId();
      await s.db.insert(notices).values({
        id,
        challengeId: challenge.id,
        consentEventId: consent.eventId,
        state: 'sent',
        createdAt: noticedAt,
        sentAt: noticedAt,
        recipients: [],
        subject: '',
      });
      await s.db.insert(noticeItems).values({ noticeId: id, submissionId: sibling.id, announcedDate: NOW });
    }

    async function buildNotices() {
      const countingFrom = Math.max(
        ...[...drawn.holds.map((hold) => hold.released), drawn.challengeResumed, drawn.phaseResumed].map(
          (instant) => instant?.getTime() ?? Number.NEGATIVE_INFINITY,
        ),
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
          notice.sentAt.getTime() > countingFrom &&
          (counting === null || notice.sentAt >= counting.sentAt);
        if (counts) counting = { sentAt: notice.sentAt, announcedDate };
      }
      return counting;
    }
  }

  async function buildConsent(challengeId: number, drawn: DrawnWorld) {
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

  async function recordConsent(
    challengeId: number,
    action: 'given' | 'withdrawn',
    at: Date,
  ): Promise<string> {
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
}
