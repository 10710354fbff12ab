import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifacts } from '@/db/schema/challenges';
import { hostTeamMembers } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type ChallengeOptions, WorldBuilder } from '@/db/testing-builders';
import type { Role } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { scenario } from '@/lib/retention/testing/scenario';
import { loadOverview } from './overview';

const now = new Date('2026-11-20T12:00:00Z');
let database: TestDatabase;
let world: WorldBuilder;
beforeAll(async () => {
  database = await createTestDatabase();
  world = new WorldBuilder(database.db, now);
});
afterAll(() => database.close());

function as(personId: number, role: Role = 'host'): Context {
  const actor = { type: 'user' as const, personId, username: 'x', displayName: 'X', role, timeZone: 'UTC' };
  return scenario(database, now.toISOString()).as(actor);
}

describe('the overview', () => {
  test('counts by state what the reader may see, and says what goes next and what waits', async () => {
    const own = await world.person();
    const team = await world.team(own);
    const mine = (options: ChallengeOptions) => world.challenge({ hostId: own, teamId: team, ...options });
    const first = await mine({ title: 'goes first', submissions: 3 });
    await mine({ title: 'waits for a decision', consentDay: null });
    const stuck = await mine({ title: 'stuck' });
    await database.db
      .update(artifacts)
      .set({ state: 'failed' })
      .where(eq(artifacts.submissionId, stuck.submissions[0]!.id));
    const overview = await loadOverview(as(own));
    expect(overview).toMatchObject({
      challenges: 3,
      submissions: 7,
      byState: { due: 1, kept: 1, failed: 1, scheduled: 0 },
      next: { at: new Date('2026-12-01T02:00:00Z'), challenges: 1, submissions: 3, notAnnounced: 0 },
      undecidedCount: 1,
      attentionCount: 1,
      lastRuns: [],
    });
    expect(overview.nextDeletions.map(({ id }) => id)).toEqual([first.id]);
    expect(overview.attention.map(({ title }) => title)).toEqual(['stuck']);
    expect(overview.undecided.map(({ title }) => title)).toEqual(['waits for a decision']);
  });

  test('a decision is not asked of those who may not make it (E3)', async () => {
    const challenge = await world.challenge({ consentDay: null });
    const reader = await world.person();
    await database.db
      .insert(hostTeamMembers)
      .values({ teamId: challenge.teamId, personId: reader, status: 'Accepted', permission: 'Read' });
    expect(await loadOverview(as(reader))).toMatchObject({ challenges: 1, undecidedCount: 0 });
    expect(await loadOverview(as(challenge.hostId))).toMatchObject({ challenges: 1, undecidedCount: 1 });
  });

  test('without anything it says so', async () => {
    const nobody = await world.person();
    expect(await loadOverview(as(nobody))).toMatchObject({ challenges: 0, next: null, attention: [] });
  });
});
