import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { challengePhases, challenges } from '@/db/schema/challenges';
import { overrideChanges } from '@/db/schema/overrides';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { CleanupWorld } from '@/lib/deletion/testing/cleanup-world';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { drawnWorld, NOW, worldBuilder } from '@/lib/retention/testing/drawn-world';
import { type Scenario, START, scenario } from '@/lib/retention/testing/scenario';
import { explain } from './explain';
import { readFactsNow, readFactsThen } from './read-facts';
import { whySubmission } from './why-submission';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let admin: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  s.clock.set(START);
  host = await s.person();
  admin = s.as(await s.person({ role: 'admin', displayName: 'Ada' }));
});

async function consented() {
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id);
  await giveConsent(s.as(host), { challengeId: challenge.id, channel: 'api' });
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}

describe('B1: the facts behind the answer', () => {
  test('are those of the rule, and the decision is that of the set-based rule, whatever has happened', async () => {
    const build = await worldBuilder(s);
    await fc.assert(
      fc.asyncProperty(drawnWorld, async (drawn) => {
        const { submissionId, facts } = await build(drawn);
        const known = (await readFactsNow(s.db, submissionId, NOW))!;
        expect(known.facts).toEqual(facts);
        expect(explain(known.facts, NOW, { now: NOW }).decision).toBe(known.reason);
        // What the records tell of this very moment is the same, but for consent that is forged and dates out of line.
        if (!drawn.consent.startsWith('forged') && drawn.consentAt <= NOW) {
          const events = drawn.notices.every(({ sentAt }) => sentAt <= NOW);
          const holds = drawn.holds.every(({ released }) => released === null || released <= NOW);
          const pauses = [drawn.challengeResumed, drawn.phaseResumed].every((at) => at === null || at <= NOW);
          if (!events || !holds || !pauses) return;
          const then = await readFactsThen(s.db, submissionId, known, NOW);
          expect({ ...then, storedDate: null }).toEqual({ ...facts, storedDate: null });
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('B1: why a submission stays', () => {
  test('now: the rule that decides, what the schedules make of it, and what would change it', async () => {
    const { submissionId } = await consented();
    const why = await whySubmission(s.as(host), { submissionId });
    expect(why.sentences[0]).toBe('It stays, at least until 5 December 2026: 14 days after the consent.');
    expect(why.sentences.at(-1)).toContain('it goes on 1 January 2027.');
    expect(why.changes[0]).toBe('If a notice is sent today: earliest 6 December 2026.');
    expect(why.explanation?.rules.find(({ rule }) => rule === 'phase-end')).toMatchObject({
      outcome: 'loses',
      date: new Date('2026-10-01T00:00:00Z'),
    });
    expect(why.caveats).toEqual([]);
  });

  test('L3: holds with matter, reason, who and since, for those who may read them', async () => {
    const { challengeId, submissionId } = await consented();
    await placeHold(admin, { target: { challengeId }, matter: 'Case 7', reason: 'A court asked.' });
    const told = await whySubmission(admin, { submissionId });
    expect(told.holds).toMatchObject([
      {
        on: 'challenge',
        matter: 'Case 7',
        reason: 'A court asked.',
        placedBy: 'Ada',
        placedAt: s.clock.now(),
      },
    ]);
    expect(told.changes).toEqual([
      'If the hold “Case 7” is released: earliest 6 December 2026, after a notice.',
    ]);
    const shown = await whySubmission(s.as(host), { submissionId });
    expect(shown.holds).toMatchObject([{ matter: null, reason: null, placedBy: null }]);
    expect(JSON.stringify(shown)).not.toMatch(/Case 7|court/);
  });

  test('at a date that has passed: consent, holds and overrides as they stood then, and what is not known', async () => {
    const { challengeId, submissionId } = await consented();
    const { holdId } = await placeHold(admin, { target: { challengeId }, matter: 'Case 7', reason: 'r' });
    s.clock.set('2026-12-24T09:00:00Z');
    await releaseHold(admin, { holdId, reason: 'done' });
    await s.db
      .update(challenges)
      .set({ artifactRetentionDaysOverride: 100 })
      .where(eq(challenges.id, challengeId));
    await s.db.insert(overrideChanges).values({
      id: newId(),
      challengeId,
      field: 'artifact_retention_days_override',
      oldDays: null,
      newDays: 100,
      shortens: false,
      reason: 'r',
      state: 'in-force',
      requestedBy: {},
      requestedAt: s.clock.now(),
      impact: {},
      needsApproval: false,
      endedAt: s.clock.now(),
    });
    await withdrawConsent(s.as(host), { challengeId, channel: 'api' });
    s.clock.set('2027-01-10T09:00:00Z');

    const at = (text?: string) => whySubmission(admin, { submissionId, ...(text ? { at: text } : {}) });
    expect((await at()).explanation?.decision).toBe('no-consent');
    const held = await at('2026-12-01');
    expect(held.explanation).toMatchObject({ tense: 'past', decision: 'held', whatIf: [] });
    expect(held.holds).toHaveLength(1);
    expect(held.changes).toEqual([]);
    expect(held.caveats.join(' ')).toContain('they are taken as they are now');
    expect(held.explanation?.rules.find(({ rule }) => rule === 'phase-end')?.words).toBe(
      '30 days after the end of its phase',
    );
    expect((await at('2026-11-20')).explanation?.decision).toBe('no-consent');
    expect((await at('2026-07-01')).caveats[0]).toBe('It was submitted only on 1 August 2026.');
  });

  test('at a date ahead: what will have become of it', async () => {
    const { submissionId, phaseId } = await consented();
    const ahead = await whySubmission(admin, { submissionId, at: '2027-01-31' });
    expect(ahead.sentences[0]).toBe('By 31 January 2027 it will be deleted, if nothing changes.');
    await s.db.update(challengePhases).set({ isPublic: true }).where(eq(challengePhases.id, phaseId));
    const open = await whySubmission(admin, { submissionId, at: '2027-01-31T00:00:00+01:00' });
    expect(open.at).toEqual(new Date('2027-01-30T23:00:00Z'));
    expect(open.sentences[0]).toContain('will still be kept: the phase is still public.');
  });

  test('L4: a change of the days that is scheduled is among what will change it', async () => {
    const { challengeId, submissionId } = await consented();
    await s.db.insert(overrideChanges).values({
      id: newId(),
      challengeId,
      field: 'artifact_retention_days_override',
      oldDays: null,
      newDays: 120,
      shortens: true,
      reason: 'r',
      state: 'scheduled',
      requestedBy: {},
      requestedAt: s.clock.now(),
      impact: {},
      needsApproval: false,
      announcedAt: s.clock.now(),
      takesEffectAt: new Date('2026-12-10T00:00:00Z'),
    });
    const why = await whySubmission(admin, { submissionId });
    expect(why.changes).toContain(
      'Once the change to 120 days takes effect on 10 December 2026: earliest 30 December 2026, after a notice.',
    );
  });

  test.each([
    'yesterday',
    '2027-02-30',
    '2027-02-30T00:00:00Z',
    '1999-12-31',
    '2200-01-01',
    '',
    '2027-01-01T00:00:00',
    '0x7',
  ])('L10: the date %j is refused, with what is allowed', async (at) => {
    const { submissionId } = await consented();
    await expect(whySubmission(admin, { submissionId, at })).rejects.toThrow(
      /is not allowed: use a day such as 2027-01-31, .* from 2000-01-01 to 2126-10-28/,
    );
  });

  test('a day begins in the zone of who asks, and today is now', async () => {
    const { submissionId } = await consented();
    const far = s.as({ ...host, timeZone: 'Pacific/Auckland' });
    expect((await whySubmission(far, { submissionId, at: '2027-01-31' })).at).toEqual(
      new Date('2027-01-30T11:00:00Z'),
    );
    expect((await whySubmission(far, { submissionId, at: '2026-11-21' })).at).toEqual(s.clock.now());
  });

  test('now is one moment, however late the clock goes on: nothing of it is told as past', async () => {
    const { submissionId } = await consented();
    let reading = s.clock.now().getTime();
    const ticking = { ...admin, clock: { now: () => new Date(reading++) } };
    const why = await whySubmission(ticking, { submissionId });
    expect(why.explanation?.tense).toBe('present');
    expect(why.caveats).toEqual([]);
  });

  test('who may not see the challenge is told the same as of what is not there (L8)', async () => {
    const { submissionId } = await consented();
    const stranger = s.as(await s.person());
    await expect(whySubmission(stranger, { submissionId })).rejects.toMatchObject({
      code: 'not_found',
      message: `There is no submission ${submissionId} among those that you may see.`,
    });
    await expect(whySubmission(admin, { submissionId: 999_999_999 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

test('B1, E10, B3: what is deleted says when, under which policy, by which run, with which receipts, and why it might', async () => {
  const world = await CleanupWorld.open();
  try {
    const challenge = await world.challenge({ submissions: 1 });
    const { run } = await world.cleanUp();
    const why = await whySubmission(world.admin, { submissionId: challenge.submissions[0]!.id });
    expect(why.sentences).toEqual([
      `Deleted on 20 November 2026 under policy ${RETENTION_POLICY.version} by run ${run.id}, with 2 receipts.`,
      expect.stringMatching(
        /^That was allowed because .* had consented on 21 September 2026, the hosts had been told on 31 October 2026 and its date, .*, was reached\.$/,
      ),
      'The submission and its score stay. Deleted files cannot be brought back.',
    ]);
    expect(why).toMatchObject({ changes: [], explanation: null, deletion: { runIds: [run.id] } });
    expect(why.deletion?.receiptIds).toHaveLength(2);
    // Before that day it was there, and nothing kept it.
    const before = await whySubmission(world.admin, {
      submissionId: challenge.submissions[0]!.id,
      at: '2026-11-19',
    });
    expect(before.deletion).toBeNull();
    expect(before.explanation?.decision).toBe('retention-period-over');
  } finally {
    await world.close();
  }
});
