import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { hostTeamMembers, memberPermission, memberStatus } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type ChallengeOptions, WorldBuilder } from '@/db/testing-builders';
import type { Role } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { scenario } from '@/lib/retention/testing/scenario';
import { challengeTimeline } from './challenge-timeline';
import { listSubmissions } from './list-submissions';
import { loadChallenge } from './load-challenge';
import { loadSubmission } from './load-submission';

const now = new Date('2026-11-20T12:00:00Z');
let database: TestDatabase;
let world: WorldBuilder;
let host: number;
let teamId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  world = new WorldBuilder(database.db, now);
  host = await world.person();
  teamId = await world.team(host);
});
afterAll(() => database.close());

const make = (options: ChallengeOptions = {}) => world.challenge({ hostId: host, teamId, ...options });

function as(personId: number, role: Role = 'host'): Context {
  const actor = { type: 'user' as const, personId, username: 'x', displayName: 'X', role, timeZone: 'UTC' };
  return scenario(database, now.toISOString()).as(actor);
}

const refusals = (target: string) =>
  database.db.select().from(auditEvents).where(eq(auditEvents.target, target));

describe('what a host may not see', () => {
  test("another's challenge and submission look as if they were not there, and the refusal is audited (L8)", async () => {
    const theirs = await world.challenge();
    const [submission] = theirs.submissions;
    const absent = 2_000_000_000;
    const error = await loadChallenge(as(host), theirs.id).catch((thrown) => thrown);
    const absentError = await loadChallenge(as(host), absent).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'not_found' });
    expect(error.message.replace(String(theirs.id), '#')).toBe(
      absentError.message.replace(String(absent), '#'),
    );
    await expect(listSubmissions(as(host), { challengeId: theirs.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const hidden = await loadSubmission(as(host), submission!.id).catch((thrown) => thrown);
    expect(hidden).toMatchObject({ code: 'not_found' });
    expect(hidden.message).not.toContain(theirs.title);
    const written = await refusals(`challenge:${theirs.id}`);
    expect(written).toHaveLength(3);
    expect(written.every(({ action, result }) => action === 'access.refuse' && result === 'error')).toBe(
      true,
    );
  });

  test('ids that are no ids are not found, and do not reach the database', async () => {
    for (const id of [0, -1, 1.5, Number.NaN, 2 ** 40]) {
      await expect(loadChallenge(as(host), id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(loadSubmission(as(host), id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('who may turn the switch (E3)', () => {
  test.each(
    memberStatus.enumValues.flatMap((status) =>
      memberPermission.enumValues.map((permission) => [status, permission] as const),
    ),
  )('a member who is %s with %s', async (status, permission) => {
    const challenge = await make();
    const person = await world.person();
    await database.db.insert(hostTeamMembers).values({ teamId, personId: person, status, permission });
    const mayDecide = ['Accepted', 'Self'].includes(status) && ['Admin', 'Write'].includes(permission);
    const { consentRight } = await loadChallenge(as(person, 'admin'), challenge.id);
    expect(consentRight.may).toBe(mayDecide);
    if (!consentRight.may) expect(consentRight.why).toMatch(/Read|Restricted|Denied|Pending|Unknown/);
  });

  test('admins who are no hosts, and auditors even when they are, see why not', async () => {
    const challenge = await make();
    const stranger = await world.person();
    expect((await loadChallenge(as(stranger, 'admin'), challenge.id)).consentRight).toMatchObject({
      may: false,
    });
    expect((await loadChallenge(as(host, 'auditor'), challenge.id)).consentRight).toEqual({
      may: false,
      why: 'Auditors read everything and change nothing.',
    });
  });
});

describe('phases', () => {
  const phaseOf = async (options: ChallengeOptions) => {
    const { phases } = await loadChallenge(as(host), (await make(options)).id);
    return phases[0]!;
  };

  test('E4 each says which of the reasons it is', async () => {
    expect(await phaseOf({ phaseIsPublic: true })).toMatchObject({
      state: 'blocked',
      words: 'Blocked: still public',
    });
    expect(await phaseOf({ phaseEndDay: null })).toMatchObject({ state: 'kept', words: 'Kept: no end date' });
    expect(await phaseOf({ phaseEndDay: 9 })).toMatchObject({ state: 'kept', words: 'Kept: phase is open' });
    expect(await phaseOf({ consentDay: null })).toMatchObject({ state: 'kept', words: 'Kept: no consent' });
    expect(await phaseOf({ submissions: 0, phaseIsPublic: true })).toMatchObject({
      words: 'Blocked: still public',
    });
  });

  test('counts what is left, and why it stays (E6)', async () => {
    const phase = await phaseOf({
      submissions: [{}, { status: 'running' }, { eligibleDay: 5 }, { eligibleDay: 5 }],
    });
    expect(phase).toMatchObject({
      state: 'due',
      submissions: 4,
      files: 8,
      bytes: 80,
      heldBack: [
        { reason: 'not-due', submissions: 2 },
        { reason: 'still-active', submissions: 1 },
      ],
    });
  });
});

describe('the timeline', () => {
  test('tells end, consent, notice, date and deletion in the order of time', async () => {
    const challenge = await loadChallenge(as(host), (await make()).id);
    const events = await challengeTimeline(as(host), challenge);
    expect(events.map(({ kind }) => kind)).toEqual([
      'phase-end',
      'consent',
      'notice',
      'eligible',
      'deletion',
    ]);
    expect(events.at(-1)).toMatchObject({ at: new Date('2026-12-01T02:00:00Z'), expected: true });
  });

  test('what has no instant comes last and says why', async () => {
    const challenge = await loadChallenge(as(host), (await make({ phaseEndDay: null, consentDay: null })).id);
    const events = await challengeTimeline(as(host), challenge);
    expect(events.map(({ at, note }) => [at, note])).toEqual([
      [null, 'one phase has no end date'],
      [null, 'not given'],
    ]);
  });
});
