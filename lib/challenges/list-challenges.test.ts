import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifacts, submissions } from '@/db/schema/challenges';
import { hostTeamMembers } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type BuiltChallenge, WorldBuilder } from '@/db/testing-builders';
import type { Role } from '@/lib/people/actor';
import { scenario } from '@/lib/retention/testing/scenario';
import { SORTS } from './challenge-order';
import { encodeCursor } from './cursor';
import { type ListChallengesInput, listChallenges } from './list-challenges';
import { STATES } from './states';

const now = new Date('2026-11-20T12:00:00Z');
let database: TestDatabase;
let world: WorldBuilder;
let host: number;
let admin: number;
const built: Record<string, BuiltChallenge> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  world = new WorldBuilder(database.db, now);
  host = await world.person({ username: 'hanna' });
  admin = await world.person({ role: 'admin', username: 'ada' });
  const teamId = await world.team(host);
  const make = async (title: string, options: Parameters<WorldBuilder['challenge']>[0]) => {
    built[title] = await world.challenge({ title, hostId: host, teamId, ...options });
  };
  await make('due', {});
  await make('Scheduled 100%', { phaseEndDay: -20, consentDay: -60, noticeDay: -5 });
  await make('scheduled 1000', { phaseEndDay: -10, consentDay: -60, noticeDay: null });
  await make('kept', { consentDay: null });
  await make('blocked_one', { phaseIsPublic: true });
  await make('paused', { disabled: true });
  await make('not managed', { useHostCredentials: true });
  await make('held', {});
  await world.hold({ challengeId: built.held!.id });
  await make('deleted', {});
  const phase = eq(submissions.phaseId, built.deleted!.phaseId);
  await database.db
    .update(submissions)
    .set({ isArtifactDeleted: true, artifactDeletionDate: now })
    .where(phase);
  for (const submission of built.deleted!.submissions) await setFiles(submission.id, 'deleted');
  await make('failed', {});
  await setFiles(built.failed!.submissions[0]!.id, 'failed');
  await make('deleting', {});
  await setFiles(built.deleting!.submissions[0]!.id, 'deleting');
  await make('partial', {});
  const [one, two] = built.partial!.submissions[0]!.artifacts;
  await database.db.update(artifacts).set({ state: 'failed' }).where(eq(artifacts.id, one!.id));
  await database.db.update(artifacts).set({ state: 'deleted' }).where(eq(artifacts.id, two!.id));
  // Somebody else's.
  await world.challenge({ title: "another team's" });
});
afterAll(() => database.close());

const setFiles = (submissionId: number, state: 'failed' | 'deleting' | 'deleted') =>
  database.db.update(artifacts).set({ state }).where(eq(artifacts.submissionId, submissionId));

const actorOf = (personId: number, role: Role) =>
  scenario(database, now.toISOString()).as({
    type: 'user',
    personId,
    username: 'somebody',
    displayName: 'Somebody',
    role,
    timeZone: 'UTC',
  });
const as = (role: 'host' | 'admin') => actorOf(role === 'host' ? host : admin, role);
const list = (input: ListChallengesInput = {}, role: 'host' | 'admin' = 'host') =>
  listChallenges(as(role), input);
const titles = async (input: ListChallengesInput, role: 'host' | 'admin' = 'host') =>
  (await list(input, role)).challenges.map(({ title }) => title);

describe('listChallenges', () => {
  test('every state is found, and found again by the filter for it', async () => {
    const { challenges: all } = await list({ limit: 100 });
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(STATES));
    for (const state of STATES) {
      const wanted = all.filter((challenge) => challenge.state === state).map(({ title }) => title);
      expect((await titles({ state, limit: 100 })).sort()).toEqual(wanted.sort());
    }
  });

  test('a host sees the challenges of his own teams only, an admin all', async () => {
    expect(await titles({ limit: 100 })).not.toContain("another team's");
    expect(await titles({ limit: 100 }, 'admin')).toContain("another team's");
  });

  test('a member who has not accepted sees nothing, one who may only read sees all of the team', async () => {
    const someone = await world.person();
    const context = actorOf(someone, 'host');
    const member = { teamId: built.due!.teamId, personId: someone, permission: 'Read' as const };
    await database.db.insert(hostTeamMembers).values({ ...member, status: 'Pending' });
    expect((await listChallenges(context, {})).challenges).toEqual([]);
    await database.db
      .update(hostTeamMembers)
      .set({ status: 'Accepted' })
      .where(eq(hostTeamMembers.personId, someone));
    expect((await listChallenges(context, {})).challenges).toHaveLength(12);
  });

  test.each(
    SORTS.flatMap((sort) => [
      { sort, direction: 'asc' as const },
      { sort, direction: 'desc' as const },
    ]),
  )('pages by $sort $direction lose and repeat nothing', async (order) => {
    const whole = await titles({ ...order, limit: 100 }, 'admin');
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ ...order, limit: 2, ...(cursor ? { cursor } : {}) }, 'admin');
      expect(page.challenges.length).toBeLessThanOrEqual(2);
      paged.push(...page.challenges.map(({ title }) => title));
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(whole);
    expect(new Set(paged).size).toBe(13);
  });

  test('pages with a state lose and repeat nothing either', async () => {
    const first = await list({ state: 'scheduled', limit: 1, sort: 'title' });
    expect(first.challenges.map(({ title }) => title)).toEqual(['Scheduled 100%']);
    const second = await list({ state: 'scheduled', limit: 1, sort: 'title', cursor: first.nextCursor! });
    expect(second.challenges.map(({ title }) => title)).toEqual(['scheduled 1000']);
    expect(second.nextCursor).toBeNull();
  });

  test('what goes next comes first, what has no date last', async () => {
    const { challenges: page } = await list({ sort: 'next', limit: 100 });
    const states = page.map(({ state }) => state);
    expect(states.indexOf('due')).toBeLessThan(states.indexOf('scheduled'));
    expect(states.indexOf('scheduled')).toBeLessThan(states.indexOf('kept'));
  });

  test('wildcards and quotes in a search mean themselves', async () => {
    expect(await titles({ search: '100%' })).toEqual(['Scheduled 100%']);
    expect(await titles({ search: 'd_o' })).toEqual(['blocked_one']);
    expect(await titles({ search: "'; drop table challenges; --" })).toEqual([]);
    expect(await titles({ search: 'SCHEDULED 1', sort: 'title' })).toEqual([
      'Scheduled 100%',
      'scheduled 1000',
    ]);
    expect(await titles({ search: `#${built.due!.id}` })).toContain('due');
  });

  test('counts files and bytes that are left, and those that go next', async () => {
    const find = async (title: string) => (await list({ search: title })).challenges[0]!;
    expect(await find('due')).toMatchObject({
      submissions: 2,
      figures: { files: 4, bytes: 40, going: { submissions: 2, files: 4, bytes: 40 } },
      deletion: new Date('2026-12-01T02:00:00Z'),
    });
    expect((await find('kept')).figures).toMatchObject({
      files: 4,
      bytes: 40,
      going: { submissions: 0, files: 0 },
    });
    expect((await find('deleted')).figures).toMatchObject({ files: 0, bytes: 0 });
  });

  test('E2 an object of two submissions counts once, and does not go while one of them stays', async () => {
    const shared = { kind: 'input_file' as const, objectKey: 'shared/archive.zip', sizeBytes: 500 };
    await world.challenge({
      title: 'sharing',
      hostId: host,
      teamId: built.due!.teamId,
      submissions: [
        { artifacts: [shared] },
        { artifacts: [{ ...shared, objectKey: 'media/shared/archive.zip' }], status: 'running' },
      ],
    });
    const [challenge] = (await list({ search: 'sharing' })).challenges;
    expect(challenge!.figures).toMatchObject({
      files: 1,
      bytes: 500,
      going: { submissions: 1, files: 0, bytes: 0 },
    });
  });

  test('refuses what is out of range, and a cursor that is not ours', async () => {
    await expect(list({ limit: 0 })).rejects.toMatchObject({ code: 'invalid' });
    await expect(list({ state: 'gone' as 'due' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' });
    const foreign = Buffer.from('["no time",1]').toString('base64url');
    await expect(list({ cursor: foreign, sort: 'next' })).rejects.toMatchObject({ code: 'invalid' });
    // JavaScript takes all of these for a time, and Postgres none.
    for (const key of [
      '1',
      'Nov 21',
      '2026-02-31 00:00:00+00',
      '0000-01-01 00:00:00+00',
      '2026-11-21 25:00:00+00',
    ]) {
      const forged = encodeCursor({ key, id: 1 });
      await expect(list({ cursor: forged, sort: 'next' })).rejects.toMatchObject({ code: 'invalid' });
    }
    const far = encodeCursor({ key: null, id: Number.MAX_SAFE_INTEGER });
    expect((await list({ cursor: far, sort: 'id' })).challenges).toEqual([]);
  });

  test('somebody who is nobody sees nothing', async () => {
    const context = { ...as('host'), actor: { type: 'anonymous' as const } };
    expect((await listChallenges(context, {})).challenges).toEqual([]);
  });
});
