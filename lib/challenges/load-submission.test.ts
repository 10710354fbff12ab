import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifacts, submissions } from '@/db/schema/challenges';
import { receipts } from '@/db/schema/deletion';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type BuiltChallenge, type ChallengeOptions, WorldBuilder } from '@/db/testing-builders';
import type { Role } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { scenario } from '@/lib/retention/testing/scenario';
import { listSubmissions } from './list-submissions';
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
