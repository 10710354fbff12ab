import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { artifacts, submissions } from '@/db/schema/challenges';
import { receipts } from '@/db/schema/deletion';
import { hostTeamMembers, memberPermission, memberStatus } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type BuiltChallenge, type ChallengeOptions, WorldBuilder } from '@/db/testing-builders';
import type { Role } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { scenario } from '@/lib/retention/testing/scenario';
import { challengeTimeline } from './challenge-timeline';
import { listSubmissions } from './list-submissions';
import { loadChallenge } from './load-challenge';
import { loadSubmission } from './load-submission';
import { loadOverview } from './overview';

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

describe('submissions', () => {
  const deleteAll = async (challenge: BuiltChallenge) => {
    const [submission] = challenge.submissions;
    const [first] = submission!.artifacts;
    const receiptId = v7();
    await database.db.insert(receipts).values({
      id: receiptId,
      source: 'submission-artifacts',
      store: 'folder',
      storageKey: first!.storageKey,
      outcome: 'deleted',
      sizeBytes: 10,
      deletedAt: now,
      runId: v7(),
      planId: v7(),
      planHash: 'x',
      policyVersion: '2026-11',
      challengeId: challenge.id,
      consentEventId: challenge.consentEventId!,
      noticeId: challenge.noticeId!,
      subjects: [],
    });
    await database.db
      .update(artifacts)
      .set({ state: 'deleted', receiptId })
      .where(eq(artifacts.submissionId, submission!.id));
    await database.db
      .update(submissions)
      .set({ isArtifactDeleted: true, artifactDeletionDate: now, retentionPolicyApplied: '2026-11' })
      .where(eq(submissions.id, submission!.id));
    return { submissionId: submission!.id, receiptId };
  };

  test('E10 a submission whose files are gone says when and under which policy, with the receipt', async () => {
    const { submissionId, receiptId } = await deleteAll(await make());
    const loaded = await loadSubmission(as(host), submissionId);
    expect(loaded).toMatchObject({
      state: 'deleted',
      deletedAt: now,
      policyApplied: '2026-11',
      score: '0.5',
    });
    expect(loaded.artifacts.map(({ receipt }) => receipt?.id)).toEqual([receiptId, receiptId]);
  });

  test('E10 one stuck file makes its submission partial until it succeeds, unless a hold stops the next try', async () => {
    const challenge = await make();
    const [submission] = challenge.submissions;
    const [one, two] = submission!.artifacts;
    await database.db.update(artifacts).set({ state: 'deleted' }).where(eq(artifacts.id, one!.id));
    await database.db
      .update(artifacts)
      .set({ state: 'failed', attempts: 2 })
      .where(eq(artifacts.id, two!.id));
    expect((await loadSubmission(as(host), submission!.id)).state).toBe('partial');
    const partial = await listSubmissions(as(host), { challengeId: challenge.id, state: 'partial' });
    expect(partial.submissions.map(({ id }) => id)).toEqual([submission!.id]);
    await world.hold({ submissionId: submission!.id });
    expect((await loadSubmission(as(host), submission!.id)).state).toBe('held');
  });

  test('E2 says with how many others an object is shared', async () => {
    const shared = { kind: 'input_file' as const, objectKey: 'media/one/archive.zip' };
    const challenge = await make({ submissions: [{ artifacts: [shared] }, { artifacts: [shared] }] });
    const loaded = await loadSubmission(as(host), challenge.submissions[0]!.id);
    expect(loaded.artifacts[0]).toMatchObject({ sharedWith: 1, storageKey: 'media/one/archive.zip' });
  });

  test('pages lose and repeat nothing, with and without filters', async () => {
    const challenge = await make({ submissions: 7 });
    const all = challenge.submissions.map(({ id }) => id).reverse();
    for (const filter of [{}, { state: 'due' as const }, { phaseId: challenge.phaseId }]) {
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const page = await listSubmissions(as(host), {
          challengeId: challenge.id,
          limit: 3,
          ...filter,
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page.submissions.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor);
      expect(seen).toEqual(all);
    }
    const none = await listSubmissions(as(host), { challengeId: challenge.id, state: 'held' });
    expect(none).toEqual({ submissions: [], nextCursor: null });
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
