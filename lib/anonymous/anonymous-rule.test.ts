import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '@/lib/platform/clock';
import { decideAnonymous, type Gap, type PublicPolicy } from './anonymous-rule';
import { covering, days, instant, NOW, policies, policy, signs } from './testing/drawn-policies';

test('R2: what may go from an instant goes then, not before, and forever after', () => {
  fc.assert(
    fc.property(policies, signs, instant, (drawn, { gaps }, createdAt) => {
      const history = covering(drawn, gaps);
      const facts = { owned: false, held: false, createdAt, lacksRecord: false };
      const reasonAt = (now: Date) => decideAnonymous(facts, history, now).reason;
      const { mayGoFrom } = decideAnonymous(facts, history, NOW);
      if (mayGoFrom === null) {
        expect(reasonAt(days(40_000))).not.toBe('due');
        return;
      }
      expect(reasonAt(new Date(mayGoFrom.getTime() - 1))).not.toBe('due');
      for (const later of [1, DAY_MS, 1000 * DAY_MS]) {
        expect(reasonAt(new Date(mayGoFrom.getTime() + later))).toBe('due');
      }
    }),
  );
});

const decide = (history: PublicPolicy[], createdAt: Date, gaps: readonly Gap[] = []) =>
  decideAnonymous({ owned: false, held: false, createdAt, lacksRecord: false }, covering(history, gaps), NOW);
const gap = (from: number, until: number): Gap => ({ stoppedAt: days(from), resumedAt: days(until) });

test('R2: the time in which Lapse did not run counts for no policy, and never makes anything go earlier', () => {
  const off = policy(-200, 7, false);
  const since = (inForce: number, ...gaps: Gap[]) => decide([off, policy(inForce)], days(-100), gaps);
  // Started once, stopped for two weeks, started again.
  expect(since(-20, gap(-19, -5))).toEqual({ reason: 'policy-too-new', mayGoFrom: days(8) });
  expect(since(-28, gap(-27, -13)).reason).toBe('due');
  // A second gap counts only where the first has put the date off beyond it.
  expect(since(-20, gap(-18, -12), gap(-1, 0))).toEqual({ reason: 'policy-too-new', mayGoFrom: days(1) });
  expect(since(-20, gap(-18, -15), gap(-3, -2)).reason).toBe('due');
  // What was over before it, and what begins when it covers all, is nothing to it; one across its beginning counts from there.
  expect(since(-14, gap(-90, -15)).reason).toBe('due');
  expect(since(-20, gap(-6, -1)).reason).toBe('due');
  expect(since(-14, gap(-30, -13))).toEqual({ reason: 'policy-too-new', mayGoFrom: days(1) });
  // Under the policy itself nobody has to have seen anything before.
  expect(decide([off, policy(-20)], days(-8), [gap(-19, -5)]).reason).toBe('due');
  // Off and a longer period hold at once, whatever was seen.
  expect(decide([policy(-100), policy(-3, 30)], days(-20), [gap(-2, -1)]).reason).toBe('not-old-enough');
  expect(decide([policy(-100), policy(-3, 7, false)], days(-20), [gap(-2, -1)]).reason).toBe('mode-off');
  fc.assert(
    fc.property(policies, signs, instant, (history, { gaps }, createdAt) => {
      const without = decide(history, createdAt);
      const { reason, mayGoFrom } = decide(history, createdAt, gaps);
      if (reason === 'due') expect(without.reason).toBe('due');
      if (mayGoFrom)
        expect(mayGoFrom.getTime()).toBeGreaterThanOrEqual(without.mayGoFrom?.getTime() ?? Infinity);
    }),
  );
});

test('R2: exactly at the cutoff it stays, and goes right after it', () => {
  expect(decide([policy(-100)], days(-7)).reason).toBe('not-old-enough');
  expect(decide([policy(-100)], days(-7, -1)).reason).toBe('due');
});

test('R2: switching the mode on over old data deletes nothing old for 14 days', () => {
  const fresh = decide([policy(-200, 7, false), policy(-13)], days(-100));
  expect(fresh).toEqual({ reason: 'policy-too-new', mayGoFrom: days(1) });
  expect(decide([policy(-200, 7, false), policy(-14)], days(-100)).reason).toBe('due');
  expect(decide([policy(-13)], days(-100)).reason).toBe('policy-too-new');
  // What was made since then was made under it.
  expect(decide([policy(-13)], days(-8)).reason).toBe('due');
});

test('L4: a longer period holds at once, a shorter one for old items after 14 days, and off beats all', () => {
  expect(decide([policy(-100, 7), policy(-1, 30)], days(-20)).reason).toBe('not-old-enough');
  expect(decide([policy(-100, 30), policy(-1, 7)], days(-20))).toEqual({
    reason: 'policy-too-new',
    mayGoFrom: days(10),
  });
  expect(decide([policy(-100, 30), policy(-1, 7)], days(-31)).reason).toBe('due');
  expect(decide([policy(-100), policy(-1, 7, false)], days(-50)).reason).toBe('mode-off');
  expect(decide([policy(-100), policy(-5, 7, false), policy(-4)], days(-50))).toEqual({
    reason: 'policy-too-new',
    mayGoFrom: days(10),
  });
});
