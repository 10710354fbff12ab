import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, DAY_MS } from '@/lib/platform/clock';
import { RETENTION_DAYS } from '@/lib/platform/log-store/log-store';
import {
  acceptedDays,
  decideLogRetention,
  firstExpiryIfToldAt,
  type LogRetentionFacts,
  type SentLogNotice,
  whyNoLogRetention,
} from './log-retention-rule';

const NOW = new Date('2026-11-21T09:00:00Z');
const day = (offset: number) => addDays(NOW, offset);

/** Told long ago, so that the end of the challenge decides. */
const TOLD: SentLogNotice = { days: 1, keptUntil: day(-100), countedFrom: day(-400) };
const FACTS: LogRetentionFacts = {
  useHostCredentials: false,
  held: false,
  vanished: false,
  disabled: false,
  consent: { at: day(-200), namesLogs: true },
  challengeEnd: day(20),
  logRetentionDaysOverride: null,
  notice: TOLD,
};
const decide = (facts: Partial<LogRetentionFacts>, oldest: Date | null = day(-10), now = NOW) =>
  decideLogRetention({ ...FACTS, ...facts }, oldest, now);

describe('E13: the retention of a log group', () => {
  it('is one of the 22 values that the service accepts, the smallest that is long enough', () => {
    expect(RETENTION_DAYS).toHaveLength(22);
    expect(acceptedDays(1)).toBe(1);
    expect(acceptedDays(2)).toBe(3);
    expect(acceptedDays(365)).toBe(365);
    expect(acceptedDays(366)).toBe(400);
    expect(acceptedDays(3653)).toBe(3653);
    expect(acceptedDays(3654)).toBeNull();
    for (const days of RETENTION_DAYS) expect(acceptedDays(days)).toBe(days);
  });

  it.each([
    // From the oldest event, 10 days ago, to 30 days after the end in 20 days.
    ['the end plus 30 days', {}, 60, 60],
    ['a day less than a step', { challengeEnd: day(19) }, 59, 60],
    ['an instant more than a step', { challengeEnd: new Date(day(20).getTime() + 1) }, 61, 90],
    ['the end plus the override', { logRetentionDaysOverride: 335 }, 365, 365],
    ['an override that is shorter', { logRetentionDaysOverride: 1 }, 31, 60],
    [
      'an end long ago, told in time',
      { challengeEnd: day(-300), consent: { at: day(-24), namesLogs: true } },
      1,
      1,
    ],
    ['14 days after consent', { challengeEnd: day(-300), consent: { at: day(-2), namesLogs: true } }, 22, 30],
    ['what the hosts were told', { notice: { ...TOLD, keptUntil: day(200) } }, 210, 365],
  ] as const)('keeps the oldest event until %s', (_name, facts, wantedDays, days) => {
    expect(decide(facts)).toMatchObject({ outcome: 'keep-for', wantedDays, days, announced: true });
  });

  it('counts an empty group from now on', () => {
    expect(decide({}, null)).toMatchObject({ wantedDays: 50, days: 60 });
    // A clock that is ahead makes no event younger than now.
    expect(decide({}, day(3))).toMatchObject({ wantedDays: 50, days: 60 });
  });

  it('is refused above 3653 days, never shortened', () => {
    expect(decide({ challengeEnd: day(3613) })).toMatchObject({
      outcome: 'keep-for',
      wantedDays: 3653,
      days: 3653,
    });
    expect(decide({ challengeEnd: day(3614) })).toMatchObject({ outcome: 'refused', wantedDays: 3654 });
    expect(decide({ notice: null, challengeEnd: day(9000) })).toMatchObject({ outcome: 'refused' });
  });

  it.each([
    ['not-managed', { useHostCredentials: true, held: true }],
    ['held', { held: true, vanished: true }],
    ['challenge-vanished', { vanished: true, disabled: true }],
    ['challenge-disabled', { disabled: true, consent: null }],
    ['no-consent', { consent: null, challengeEnd: null }],
    ['consent-before-logs', { consent: { at: day(-200), namesLogs: false }, challengeEnd: null }],
    ['no-end-date', { challengeEnd: null }],
  ] as const)('L1, L3, E6: is none when %s decides', (why, facts) => {
    expect(whyNoLogRetention({ ...FACTS, ...facts })).toBe(why);
    expect(decide(facts)).toEqual({ outcome: 'none', why });
  });
});

describe('L2 and L4: what the hosts were told', () => {
  it('comes first: without a notice nothing may be set, and nothing would go for 14 days', () => {
    const decision = decide({ notice: null, challengeEnd: day(-300) });
    expect(decision).toMatchObject({
      outcome: 'keep-for',
      announced: false,
      keptUntil: firstExpiryIfToldAt(NOW),
      days: 30,
    });
  });

  it('is kept although the oldest event is younger by now', () => {
    const notice = { days: 365, keptUntil: day(-1), countedFrom: day(-300) };
    expect(decide({ notice }, day(-1))).toMatchObject({ days: 365, announced: true });
  });

  it('is lengthened at once, without another notice', () => {
    const notice = { days: 60, keptUntil: day(15), countedFrom: day(-10) };
    expect(decide({ notice, challengeEnd: day(300) })).toMatchObject({ days: 365, announced: true });
  });

  it('is shortened only after another notice, which is counted from where the first was', () => {
    const notice = { days: 400, keptUntil: day(15), countedFrom: day(-10) };
    expect(decide({ notice, challengeEnd: day(30) }, day(-5))).toMatchObject({ days: 90, announced: false });
  });
});

describe('the rule over time (property)', () => {
  const facts = fc.record({
    end: fc.integer({ min: -900, max: 900 }),
    consent: fc.integer({ min: -900, max: 0 }),
    override: fc.option(fc.integer({ min: 1, max: 3653 }), { nil: null }),
    firstEvent: fc.integer({ min: -1200, max: 0 }),
    events: fc.array(fc.double({ min: 0, max: 2500, noNaN: true }), { minLength: 1, maxLength: 30 }),
    looks: fc.array(fc.double({ min: 0.01, max: 120, noNaN: true }), { minLength: 1, maxLength: 25 }),
    changes: fc.array(
      fc.record({
        at: fc.nat({ max: 24 }),
        end: fc.integer({ min: -900, max: 900 }),
        override: fc.integer({ min: 1, max: 700 }),
      }),
      { maxLength: 3 },
    ),
  });

  it('E13, L2: whatever is decided and whenever Lapse looks, no event goes before its time', () => {
    fc.assert(
      fc.property(facts, (story) => {
        let events = [story.firstEvent, ...story.events.map((after) => story.firstEvent + after)];
        let rule = { end: story.end, override: story.override };
        let set: number | null = null;
        let notice: SentLogNotice | null = null;
        let at = 0;
        for (const [index, pause] of story.looks.entries()) {
          const change = story.changes.find((one) => one.at === index);
          if (change) rule = change;
          const now = day(at);
          const current: LogRetentionFacts = {
            ...FACTS,
            challengeEnd: day(rule.end),
            logRetentionDaysOverride: rule.override,
            consent: { at: day(story.consent), namesLogs: true },
            notice,
          };
          const there = events.filter((event) => event <= at);
          const oldest = there.length > 0 ? day(Math.min(...there)) : null;
          let decision = decideLogRetention(current, oldest, now);
          if (decision.outcome === 'keep-for' && !decision.announced) {
            const counted: Date = notice
              ? new Date(Math.min(+notice.countedFrom, +(oldest ?? now)))
              : (oldest ?? now);
            notice = { days: decision.days, keptUntil: decision.keptUntil, countedFrom: counted };
            expect(decision.keptUntil >= addDays(now, 14)).toBe(true);
            decision = decideLogRetention({ ...current, notice }, oldest, now);
            // What was announced may be set, and is never less.
            expect(decision.outcome === 'keep-for' && decision.announced).toBe(true);
            expect(decision.outcome === 'keep-for' && decision.days >= notice.days).toBe(true);
          }
          set = decision.outcome === 'keep-for' ? decision.days : null;
          const until = at + pause;
          const expiresBy = (event: number) => set !== null && event + set <= until;
          for (const event of events.filter((one) => one <= until && expiresBy(one))) {
            const goes = day(event + (set ?? 0));
            const earliestOf = Math.max(
              +addDays(day(rule.end), rule.override ?? 30),
              +addDays(day(story.consent), 14),
              +(notice?.keptUntil ?? Number.POSITIVE_INFINITY),
            );
            // An event that is set to go at once must have been due; a millisecond for what fractions of days lose.
            if (event <= at || goes >= now)
              expect(Math.max(+goes, +now) + 1).toBeGreaterThanOrEqual(earliestOf);
          }
          events = events.filter((event) => !(event <= until && expiresBy(event)));
          at = until;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('the days are never more than the next step up', () => {
    fc.assert(
      fc.property(fc.integer({ min: -900, max: 3000 }), fc.integer({ min: -3000, max: 0 }), (end, first) => {
        const decision = decide({ challengeEnd: day(end), notice: null }, day(first));
        if (decision.outcome !== 'keep-for') return;
        const smaller = RETENTION_DAYS.filter((days) => days < decision.days);
        for (const days of smaller)
          expect(day(first).getTime() + days * DAY_MS).toBeLessThan(+decision.keptUntil);
      }),
    );
  });
});
