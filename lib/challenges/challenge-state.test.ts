import { describe, expect, test } from 'vitest';
import type { ChallengeFacts } from './challenge-facts';
import { challengeState, decideState } from './challenge-state';
import { STATES, type State } from './states';

const now = new Date('2026-11-20T12:00:00Z');
const options = { now, zone: 'UTC' };

/** Ended, private, consented, nothing submitted. */
const quiet: ChallengeFacts = {
  useHostCredentials: false,
  vanished: false,
  disabled: false,
  consent: true,
  heldWhole: false,
  submissions: 14,
  deleted: 0,
  held: 0,
  active: 0,
  dated: 0,
  due: 0,
  nextDate: null,
  announcedAt: null,
  noticeFailed: false,
  filesDeleting: 0,
  filesFailed: 0,
  partlyDeleted: false,
  lastDeletedAt: null,
  phasesBlocked: 0,
  phasesOpenEnded: 0,
  latestPhaseEnd: new Date('2026-10-01T00:00:00Z'),
};
const scheduled = { dated: 14, nextDate: new Date('2026-11-25T00:00:00Z') };
const due = { dated: 14, due: 14, nextDate: new Date('2026-11-19T00:00:00Z') };

/** What brings about each state, strongest first: exactly the order of `challengeState`'s documentation. */
const LADDER: [State, Partial<ChallengeFacts>][] = [
  ['not-managed', { useHostCredentials: true }],
  ['deleting', { filesDeleting: 3 }],
  ['held', { heldWhole: true }],
  ['paused', { disabled: true }],
  ['kept', { consent: false }],
  ['partial', { filesFailed: 1, partlyDeleted: true }],
  ['failed', { filesFailed: 1 }],
  ['due', due],
  ['scheduled', scheduled],
  ['blocked', { phasesBlocked: 1 }],
];

describe('decideState', () => {
  test('each cause alone brings about its state, and none keeps', () => {
    for (const [state, cause] of LADDER) expect(decideState({ ...quiet, ...cause })).toBe(state);
    expect(decideState(quiet)).toBe('kept');
  });

  test('in every combination of causes the strongest decides', () => {
    for (let mask = 0; mask < 2 ** LADDER.length; mask += 1) {
      const chosen = LADDER.filter((_, index) => mask & (1 << index));
      // The weaker first, so that a stronger cause which speaks of the same fact has the last word.
      const facts: ChallengeFacts = Object.assign({}, quiet, ...chosen.map(([, cause]) => cause).reverse());
      if (chosen.some(([state]) => state === 'failed')) facts.filesFailed = 1;
      expect(decideState(facts)).toBe(chosen[0]?.[0] ?? 'kept');
    }
  });

  test('everything deleted is deleted, whatever stands on it; only what is not managed or under way comes first', () => {
    const gone = { ...quiet, deleted: 14, heldWhole: true, disabled: true, consent: false, filesFailed: 0 };
    expect(decideState(gone)).toBe('deleted');
    expect(decideState({ ...gone, filesDeleting: 1 })).toBe('deleting');
    expect(decideState({ ...gone, useHostCredentials: true })).toBe('not-managed');
    expect(decideState({ ...quiet, submissions: 0, deleted: 0 })).toBe('kept');
  });

  test('L3 holds on all that is left hold the challenge, holds on some do not', () => {
    expect(decideState({ ...quiet, deleted: 4, held: 10 })).toBe('held');
    expect(decideState({ ...quiet, ...due, due: 5, dated: 5, held: 9 })).toBe('due');
  });

  test('a challenge that the platform no longer lists is paused (E6)', () => {
    expect(decideState({ ...quiet, ...due, vanished: true })).toBe('paused');
  });
});

describe('the sentence', () => {
  const say = (facts: Partial<ChallengeFacts>, more: Partial<Parameters<typeof challengeState>[1]> = {}) =>
    challengeState({ ...quiet, ...facts }, { ...options, ...more });

  test('answers what goes, how much, when, and when the hosts were told', () => {
    const state = say(
      { ...scheduled, announcedAt: new Date('2026-11-16T10:00:00Z') },
      { going: { submissions: 14, files: 98, bytes: 2_100_000_000 } },
    );
    expect(state.sentence).toBe(
      '14 submissions, 2.1 GB, will be deleted on 1 December 2026; the hosts were told on 16 November 2026.',
    );
    expect(state.deletion).toEqual(new Date('2026-12-01T02:00:00Z'));
    expect(state.needsAttention).toBe(false);
  });

  test('L2 what nobody was told of goes 14 days after the next notice at the earliest', () => {
    const state = say(due);
    // The next Monday is 23 November; 14 days later is 7 December, so the run of December comes too early.
    expect(state.sentence).toBe(
      '14 submissions have reached the date, but the hosts were not told. The notice goes on 23 November 2026, so nothing goes before 1 January 2027.',
    );
    expect(state.deletion).toEqual(new Date('2027-01-01T02:00:00Z'));
    expect(state.needsAttention).toBe(true);
  });

  test('E16 a notice that could not be sent is said, and asks for somebody', () => {
    const state = say({ ...scheduled, noticeFailed: true });
    expect(state.sentence).toContain('the notice to the hosts could not be sent');
    expect(state.needsAttention).toBe(true);
  });

  test('names what the deletion leaves out', () => {
    const facts = { ...scheduled, dated: 10, held: 1, active: 3, phasesBlocked: 1 };
    expect(say(facts).sentence).toContain(
      'Held back: 1 submission under a hold, 3 submissions still being processed, 1 phase still public.',
    );
  });

  test('E4 says which of the three it is', () => {
    expect(say({ consent: false }).sentence).toBe('Everything is kept: the hosts have not consented.');
    expect(say({ phasesBlocked: 1 }).sentence).toBe(
      'Blocked: 1 phase has ended and is still public, so nothing has a date.',
    );
    expect(say({ phasesOpenEnded: 1, latestPhaseEnd: null }).sentence).toBe(
      'Everything is kept: 1 phase has no end date.',
    );
  });

  test('days are those of the reader', () => {
    const facts = { ...quiet, deleted: 14, lastDeletedAt: new Date('2026-11-30T23:30:00Z') };
    expect(say(facts).sentence).toContain('30 November 2026');
    expect(say(facts, { zone: 'Europe/Berlin' }).sentence).toContain('1 December 2026');
  });

  test('every state has one that is whole', () => {
    const said = LADDER.map(([, cause]) => say(cause)).concat(say({ deleted: 14 }), say({}));
    for (const { sentence } of said) expect(sentence).toMatch(/^\S.*\.$/);
    expect(new Set(said.map(({ state }) => state)).size).toBe(STATES.length);
  });
});
