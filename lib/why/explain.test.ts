import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { submissionStatus } from '@/db/schema/challenges';
import { addDays, DAY_MS } from '@/lib/platform/clock';
import { decide, eligibleDate, type RetentionFacts } from '@/lib/retention/retention-rule';
import { type Earliest, inLine } from './earliest';
import { explain } from './explain';
import { sayWhatIf } from './say-change';
import { sayExplanation } from './say-explanation';

const NOW = new Date('2026-11-21T09:00:00.000Z');
const instant = fc
  .integer({ min: -240, max: 120 })
  .map((half) => new Date(NOW.getTime() + (half * DAY_MS) / 4));
const rarely = fc.integer({ min: 0, max: 9 }).map((value) => value === 0);
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 3) => fc.option(arbitrary, { nil: null, freq });

const drawnFacts: fc.Arbitrary<RetentionFacts> = fc.record({
  useHostCredentials: rarely,
  vanished: rarely,
  disabled: rarely,
  consentAt: maybe(instant, 8),
  artifactRetentionDaysOverride: maybe(fc.integer({ min: 1, max: 60 })),
  logRetentionDaysOverride: maybe(fc.integer({ min: 1, max: 60 })),
  phaseEnd: maybe(instant, 10),
  phaseIsPublic: rarely,
  status: fc.oneof(fc.constant('finished'), fc.constantFrom(...submissionStatus.enumValues)),
  postponedUntil: maybe(instant),
  held: rarely,
  storedDate: maybe(instant, 8),
  notice: maybe(fc.record({ sentAt: instant, announcedDate: instant })),
});
const scheduled = fc.array(
  fc.record({
    field: fc.constantFrom(...(['artifactRetentionDaysOverride', 'logRetentionDaysOverride'] as const)),
    days: maybe(fc.integer({ min: 1, max: 60 })),
    takesEffectAt: instant,
  }),
  { maxLength: 2 },
);
/** Often the date that the rule gives, as it is between two changes. */
const facts = fc
  .tuple(drawnFacts, fc.integer({ min: 0, max: 2 }))
  .map(([drawn, how]) => (how === 0 ? drawn : inLine(how === 1 ? drawn : announced(drawn))));

function announced(drawn: RetentionFacts): RetentionFacts {
  const { date } = eligibleDate(drawn);
  return date && drawn.notice ? { ...drawn, notice: { ...drawn.notice, announcedDate: date } } : drawn;
}

describe('B1: the explanation', () => {
  test('says what the rule decides, at any date', () => {
    const decisions = new Set<string>();
    fc.assert(
      fc.property(facts, instant, (drawn, at) => {
        const said = explain(drawn, at, { now: NOW });
        expect(said.decision).toBe(decide(drawn, at));
        const deciding = said.rules.filter(({ kind, outcome }) => kind === 'keeps' && outcome === 'decides');
        expect(deciding.map(({ rule }) => rule)).toEqual(
          said.decision === 'retention-period-over' ? [] : [said.decision],
        );
        const { date, why } = eligibleDate(drawn);
        const setting = said.rules.find(({ kind, outcome }) => kind === 'date' && outcome === 'decides');
        expect(setting?.date ?? null).toEqual(date);
        if (date) expect(setting?.rule).toBe(why);
        // No rule that sets a date loses with a later one (L4).
        if (date)
          for (const rule of said.rules.filter(({ kind }) => kind === 'date')) {
            expect(rule.date === null || rule.date <= date).toBe(true);
          }
        decisions.add(said.decision);
      }),
      { numRuns: 2000 },
    );
    // A notice that is too young moves the date itself, so of the twelve 'announced-too-recently' never decides.
    expect(decisions.size).toBe(11);
  });

  test('its earliest deletion is the first instant at which the rule lets it go, with a notice where it says so', () => {
    fc.assert(
      fc.property(facts, instant, (drawn, at) => {
        check(drawn, explain(drawn, at, { now: NOW }).earliest, at);
      }),
      { numRuns: 2000 },
    );
  });

  test('what would change it does exactly that, when the change is made', () => {
    const changes = new Set<string>();
    fc.assert(
      fc.property(facts, instant, scheduled, (drawn, at, next) => {
        const said = explain(drawn, at, {
          now: new Date(Math.min(at.getTime(), NOW.getTime())),
          scheduled: next,
        });
        for (const { change, facts: then, decision, earliest } of said.whatIf) {
          const from =
            change.type === 'scheduled-days' && change.takesEffectAt > at ? change.takesEffectAt : at;
          expect(then.storedDate).toEqual(eligibleDate(then).date);
          expect(decision).toBe(decide(then, from));
          check(then, earliest, from);
          changes.add(change.type);
        }
        // Where something lasting keeps it, the first change lifts the rule that decides.
        const [first] = said.whatIf;
        if (!said.earliest && first) expect(first.decision).not.toBe(said.decision);
      }),
      { numRuns: 3000 },
    );
    expect(changes.size).toBe(14);
  });

  test('nothing changes the past', () => {
    const [drawn] = fc.sample(facts, 1);
    expect(explain(drawn!, addDays(NOW, -1), { now: NOW })).toMatchObject({
      tense: 'past',
      whatIf: [],
      foreseen: null,
    });
  });
});

/** The claim, put to the rule itself. */
function check(drawn: RetentionFacts, earliest: Earliest | null, from: Date): void {
  if (!earliest) {
    // Whatever notice is sent, and however long one waits, it stays.
    for (const days of [0, 400, 40_000]) {
      const later = addDays(from, days);
      const told = inLine({ ...drawn, notice: { sentAt: addDays(later, -14), announcedDate: later } });
      expect(decide(told, later)).not.toBe('retention-period-over');
    }
    return;
  }
  const { date, needsNotice } = earliest;
  expect(date >= from).toBe(true);
  const told = inLine(needsNotice ? { ...drawn, notice: { sentAt: from, announcedDate: date } } : drawn);
  expect(decide(told, date)).toBe('retention-period-over');
  if (date > from) expect(decide(told, new Date(date.getTime() - 1))).not.toBe('retention-period-over');
  if (needsNotice) {
    expect(decide(inLine(drawn), date)).not.toBe('retention-period-over');
    expect(date >= addDays(from, 14)).toBe(true);
  }
}

const DUE_LATER: RetentionFacts = {
  useHostCredentials: false,
  vanished: false,
  disabled: false,
  consentAt: new Date('2026-10-01T00:00:00Z'),
  artifactRetentionDaysOverride: null,
  logRetentionDaysOverride: null,
  phaseEnd: new Date('2026-11-01T00:00:00Z'),
  phaseIsPublic: false,
  status: 'finished',
  postponedUntil: null,
  held: false,
  storedDate: new Date('2026-12-01T00:00:00Z'),
  notice: null,
};
const HOLD = {
  id: 'x',
  on: 'challenge' as const,
  placedAt: new Date('2026-11-02T00:00:00Z'),
  matter: 'Case 7',
  reason: 'A court asked.',
  placedBy: 'Ada',
};

describe('B1: in words', () => {
  const say = (drawn: RetentionFacts, at = NOW, holds = [] as (typeof HOLD)[]) => {
    const said = explain(drawn, at, { now: NOW });
    const options = { zone: 'UTC', holds, tense: said.tense };
    return {
      sentences: sayExplanation(said, options),
      changes: said.whatIf.map((one) => sayWhatIf(one, options)),
    };
  };

  test('what waits for its date says which rule set it, and when it really goes', () => {
    expect(say(DUE_LATER)).toEqual({
      sentences: [
        'It stays, at least until 1 December 2026: 30 days after the end of its phase.',
        'The earliest that the rule allows is 6 December 2026, once the hosts were sent a notice.',
        'Notices are sent on Mondays at 10:00 UTC and cleanups run at 02:00 UTC on the 1st of each month, so in practice the hosts are told on 23 November 2026, and it goes on 1 January 2027.',
      ],
      changes: [
        'If a notice is sent today: earliest 6 December 2026.',
        'If an admin postpones it, for example until 5 January 2027: earliest 5 January 2027, after a notice.',
        'If a host withdraws the consent: it stays, because the hosts have not consented.',
        'If an admin places a hold: it stays, because a hold is in place.',
        'If the phase became public: it stays, because the phase is still public.',
      ],
    });
  });

  test('a hold is named, and what its release would bring', () => {
    const held = say({ ...DUE_LATER, held: true }, NOW, [HOLD]);
    expect(held).toEqual({
      sentences: [
        'It stays: a hold is in place.',
        'The hold “Case 7” stands on the challenge since 2 November 2026 by Ada: A court asked.',
        'While that lasts there is no earliest deletion.',
      ],
      changes: ['If the hold “Case 7” is released: earliest 6 December 2026, after a notice.'],
    });
  });

  test('several that keep it: lifting the first leaves the next', () => {
    const both = say({ ...DUE_LATER, disabled: true, consentAt: null });
    expect(both.sentences).toContain(
      'Without that it would stay all the same: the hosts have not consented.',
    );
    expect(both.changes).toEqual([
      'If the challenge is enabled again: it stays, because the hosts have not consented.',
      'If a host consents: it stays, because the challenge is disabled, which pauses deletion.',
    ]);
  });

  test('a date ahead says what will have happened by then', () => {
    expect(say(DUE_LATER, new Date('2027-01-31T00:00:00Z')).sentences[0]).toBe(
      'By 31 January 2027 it will be deleted, if nothing changes.',
    );
    expect(say({ ...DUE_LATER, phaseEnd: null }, new Date('2027-01-31T00:00:00Z')).sentences[0]).toBe(
      'On 31 January 2027 it will still be kept: the phase has no end date.',
    );
  });
});
