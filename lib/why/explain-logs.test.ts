import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideLogRetention,
  type LogRetentionFacts,
  NO_LOG_RETENTION,
  whyNoLogRetention,
} from '@/lib/logs/log-retention-rule';
import { addDays } from '@/lib/platform/clock';
import { explainLogs } from './explain-logs';
import { sayLogChange, sayLogs } from './say-logs';

const NOW = new Date('2026-11-21T09:00:00.000Z');
const day = (offset: number) => addDays(NOW, offset);
const instant = fc.integer({ min: -400, max: 400 }).map(day);
const rarely = fc.integer({ min: 0, max: 7 }).map((value) => value === 0);
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 4) => fc.option(arbitrary, { nil: null, freq });

const facts: fc.Arbitrary<LogRetentionFacts> = fc.record({
  useHostCredentials: rarely,
  held: rarely,
  vanished: rarely,
  disabled: rarely,
  consent: maybe(
    fc.record({ at: instant, namesLogs: fc.integer({ min: 0, max: 5 }).map((value) => value > 0) }),
  ),
  challengeEnd: maybe(
    fc.oneof({ weight: 9, arbitrary: instant }, { weight: 1, arbitrary: fc.constant(day(9000)) }),
    8,
  ),
  logRetentionDaysOverride: maybe(fc.integer({ min: 1, max: 3653 })),
  notice: maybe(fc.record({ days: fc.constantFrom(1, 30, 365), keptUntil: instant, countedFrom: instant })),
});
const scheduled = fc.array(
  fc.record({ days: maybe(fc.integer({ min: 1, max: 3653 })), takesEffectAt: instant }),
  { maxLength: 1 },
);

describe('B1: the explanation of a log group', () => {
  test('says what the rule decides, at any date, and its claims are the rule’s own answers', () => {
    const [outcomes, reasons] = [new Set<string>(), new Set<string>()];
    fc.assert(
      fc.property(facts, maybe(instant), instant, scheduled, (drawn, oldestEventAt, at, next) => {
        const now = new Date(Math.min(at.getTime(), NOW.getTime()));
        const said = explainLogs(drawn, at, { now, oldestEventAt, scheduled: next });
        const decision = decideLogRetention(drawn, oldestEventAt, at);
        expect(said.decision).toEqual(decision);
        expect(said.keeping[0] ?? null).toBe(whyNoLogRetention(drawn));
        expect(new Set(said.keeping).size).toBe(said.keeping.length);
        expect(said.rules.find(({ outcome }) => outcome === 'decides')?.rule ?? null).toBe(
          whyNoLogRetention(drawn),
        );
        for (const { change, facts: then, decision: claimed } of said.whatIf) {
          const from =
            change.type === 'scheduled-days' && change.takesEffectAt > at ? change.takesEffectAt : at;
          expect(claimed).toEqual(decideLogRetention(then, oldestEventAt, from));
          if (change.type === 'lift') expect(whyNoLogRetention(then)).not.toBe(change.rule);
        }
        if (decision.outcome !== 'none') {
          expect(said.dates.some(({ outcome }) => outcome === 'decides')).toBe(true);
          for (const { date } of said.dates) expect(date === null || date <= decision.keptUntil).toBe(true);
        }
        for (const sentence of [
          ...sayLogs(said, 'UTC'),
          ...said.whatIf.map((one) => sayLogChange(one, 'UTC')),
        ]) {
          expect(sentence).toMatch(/\.$/);
        }
        outcomes.add(decision.outcome);
        for (const reason of said.keeping) reasons.add(reason);
      }),
      { numRuns: 2000 },
    );
    expect(outcomes).toEqual(new Set(['none', 'refused', 'keep-for']));
    expect(reasons).toEqual(new Set(Object.keys(NO_LOG_RETENTION)));
  });

  test('in words', () => {
    const drawn: LogRetentionFacts = {
      useHostCredentials: false,
      held: true,
      vanished: false,
      disabled: false,
      consent: null,
      challengeEnd: day(20),
      logRetentionDaysOverride: null,
      notice: null,
    };
    const held = explainLogs(drawn, NOW, { now: NOW, oldestEventAt: day(-10) });
    expect(sayLogs(held, 'UTC')).toEqual([
      'A hold is in place on the challenge or on something in it, so its logs are kept.',
      'Without that they would be kept all the same. The hosts have not consented, so the logs are kept.',
    ]);
    const free = explainLogs({ ...drawn, held: false, consent: { at: day(-20), namesLogs: true } }, NOW, {
      now: NOW,
      oldestEventAt: day(-10),
    });
    expect(sayLogs(free, 'UTC').slice(0, 2)).toEqual([
      'Each event is kept 60 days, so that none that is there goes before 10 January 2027.',
      'The hosts have to be told first; before that nothing is set.',
    ]);
    expect(free.dates.map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ['period', 'decides'],
      ['consent', 'loses'],
      ['announced', 'does-not-apply'],
      ['to-be-told', 'loses'],
    ]);
    expect(free.whatIf.map((one) => sayLogChange(one, 'UTC'))).toEqual([
      'If a host withdraws the consent: The hosts have not consented, so the logs are kept.',
      'If an admin places a hold: A hold is in place on the challenge or on something in it, so its logs are kept.',
    ]);
  });
});
