import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifacts, submissions } from '@/db/schema/challenges';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { KeptBy } from '@/lib/deletion/kept-by';
import { whatKeeps } from '@/lib/deletion/kept-by';
import { CleanupWorld } from '@/lib/deletion/testing/cleanup-world';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { drawnWorld, NOW, worldBuilder } from '@/lib/retention/testing/drawn-world';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { whySubmission } from '@/lib/why/why-submission';
import { heldBack } from './held-back';
import { listSubmissions } from './list-submissions';

let database: TestDatabase;
let s: Scenario;
let admin: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  admin = s.as(await s.person({ role: 'admin' }));
});
afterAll(() => database.close());

/** How a file stands: gone, on its way, there, or failed with its next try ahead or not. */
const drawnFile = fc.constantFrom('deleted', 'deleting', 'present', 'present', 'failed', 'waiting');
type DrawnFile = typeof drawnFile extends fc.Arbitrary<infer T> ? T : never;

const drawnFiles = fc.record({
  own: fc.array(drawnFile, { maxLength: 3 }),
  siblings: fc.array(drawnFile, { maxLength: 2 }),
  /** The first file of each is the same object. */
  shared: fc.boolean(),
});

const ROWS: Record<DrawnFile, Partial<typeof artifacts.$inferInsert>> = {
  deleted: { state: 'deleted' },
  deleting: { state: 'deleting' },
  present: { state: 'present' },
  failed: { state: 'failed', nextAttemptAt: NOW },
  waiting: { state: 'failed', nextAttemptAt: addDays(NOW, 1) },
};
const KINDS = ['input_file', 'stdout_file', 'stderr_file'] as const;

async function addFiles(submissionId: number, files: readonly DrawnFile[], sharedKey: string | null) {
  for (const [index, file] of files.entries()) {
    await s.artifact(submissionId, {
      kind: KINDS[index]!,
      sizeBytes: 10,
      ...ROWS[file],
      ...(index === 0 && sharedKey && { objectKey: sharedKey }),
    });
  }
}

describe('B1: each submission is in the group of the rule that decides for it', () => {
  test('as the answer to “why?” says, whatever has happened', async () => {
    const build = await worldBuilder(s);
    const seen = new Set<string>();
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(drawnWorld, drawnFiles, async (drawn, { own, siblings, shared }) => {
        const { challengeId, submissionId } = await build(drawn);
        const all = await submissionsOf(challengeId);
        const siblingId = all.find((id) => id !== submissionId)!;
        const key = shared && own.length > 0 && siblings.length > 0 ? `shared/${++serial}` : null;
        await addFiles(submissionId, own, key);
        await addFiles(siblingId, siblings, key);

        const decided = await decisionOf(submissionId);
        const siblingDecided = await decisionOf(siblingId);
        const expected = new Map<number, KeptBy>();
        const other = (files: readonly DrawnFile[], decision: KeptBy) =>
          key === null || files[0] === 'deleted' ? null : { goes: decision === GOES, file: files[0]! };
        add(submissionId, own, decided, other(siblings, siblingDecided));
        add(siblingId, siblings, siblingDecided, other(own, decided));

        expect(await whatKeeps(s.db, NOW, all)).toEqual(expected);
        const found = await heldBack(admin, { challengeId });
        expect(Object.fromEntries(found.groups.map((group) => [group.keptBy, group.submissions]))).toEqual(
          countValues(expected),
        );
        expect(found.submissions).toBe(await submissionsWithFiles(challengeId));
        for (const keptBy of expected.values()) seen.add(keptBy);

        function add(
          id: number,
          files: readonly DrawnFile[],
          decision: KeptBy,
          user: { goes: boolean; file: DrawnFile } | null,
        ) {
          const left = files.filter((file) => file !== 'deleted');
          if (left.length === 0) return;
          expected.set(id, decision === GOES ? byFiles(files, user) : decision);
        }
      }),
      { numRuns: 100 },
    );
    // The draw is wide enough to say something.
    expect(seen.size).toBeGreaterThanOrEqual(8);
  }, 60_000);

  const GOES = 'retention-period-over';

  /** What keeps the files of a submission that may go, said once more and for one. */
  function byFiles(files: readonly DrawnFile[], user: { goes: boolean; file: DrawnFile } | null): KeptBy {
    if (files.includes('deleting')) return 'being-deleted';
    const stays = user !== null && (!user.goes || user.file === 'waiting');
    const free = (file: DrawnFile, index: number) =>
      (file === 'present' || file === 'failed') && !(index === 0 && stays);
    if (files.some(free)) return GOES;
    return files.includes('waiting') ? 'retry-later' : 'shared-object';
  }

  async function decisionOf(submissionId: number): Promise<KeptBy> {
    const { explanation } = await whySubmission(admin, { submissionId });
    const decision = explanation!.decision;
    return decision === 'not-due' ? explanation!.eligible!.rule : decision;
  }
});

test('L6: what is due stands as the plan of a cleanup says', async () => {
  const world = await CleanupWorld.open();
  try {
    const challenge = await world.challenge({
      submissions: [
        {},
        { status: 'running' },
        { artifacts: [{ objectKey: 'shared/with-held' }] },
        { artifacts: [{ objectKey: 'shared/with-held' }] },
        { artifacts: [{ objectKey: 'shared/of-both' }] },
        { artifacts: [{ objectKey: 'shared/of-both' }] },
        {},
      ],
    });
    const ids = challenge.submissions.map(({ id }) => id);
    await world.build.hold({ submissionId: ids[3]! });
    await world.database.db
      .update(artifacts)
      .set({ state: 'failed', nextAttemptAt: world.build.day(1) })
      .where(eq(artifacts.submissionId, ids[6]!));
    const plan = await world.preview();
    const planned = await world.rows(`
      select submission_id, case when bool_or(will_delete) then 'retention-period-over' else min(reason) end as reason
      from plan_items where plan_id = '${plan.id}' group by submission_id`);
    const expected = new Map(planned.map((row) => [Number(row.submission_id), row.reason]));
    expect(await whatKeeps(world.database.db, world.clock.now(), ids)).toEqual(expected);
    expect(new Set(expected.values())).toEqual(
      new Set(['retention-period-over', 'still-active', 'shared-object', 'held', 'retry-later']),
    );
    const { groups } = await heldBack(world.admin, { challengeId: challenge.id });
    expect(groups.find(({ keptBy }) => keptBy === 'retry-later')).toMatchObject({
      submissions: 1,
      files: 2,
      passesFrom: world.build.day(1),
    });
    expect(groups.at(-1)).toMatchObject({
      keptBy: 'retention-period-over',
      submissions: 3,
      files: 3,
      filesThatStay: 0,
    });
    // An object more of one that goes, which one that is held uses as well.
    await world.build.artifact(ids[0]!, { kind: 'stderr_file', objectKey: 'shared/with-held' });
    const again = await heldBack(world.admin, { challengeId: challenge.id });
    expect(again.groups.at(-1)).toMatchObject({ submissions: 3, files: 4, filesThatStay: 1 });
  } finally {
    await world.close();
  }
});

describe('counts', () => {
  async function open(hosts = 1) {
    const people = await Promise.all(Array.from({ length: hosts }, () => s.person()));
    const challenge = await s.challenge(people);
    const phase = await s.phase(challenge.id);
    return { host: people[0]!, challengeId: challenge.id, phaseId: phase.id };
  }

  test('E2: an object that a group shares counts once, one of unknown size is told apart, what is gone is left out', async () => {
    const { host, challengeId, phaseId } = await open();
    const [first, second] = [await s.submission(phaseId, [5, null]), await s.submission(phaseId, [])];
    await s.artifact(first.id, { kind: 'stderr_file', objectKey: 'a/b', sizeBytes: 7 });
    await s.artifact(second.id, { kind: 'stderr_file', objectKey: 'media/a/b', sizeBytes: 7 });
    await s.submission(phaseId, []);
    const gone = await s.submission(phaseId, [9], { isArtifactDeleted: true });
    await s.db.update(artifacts).set({ state: 'deleted' }).where(eq(artifacts.submissionId, gone.id));
    expect(await heldBack(s.as(host), { challengeId })).toEqual({
      submissions: 2,
      isPart: false,
      groups: [
        {
          keptBy: 'no-consent',
          submissions: 2,
          files: 3,
          bytes: 12,
          filesOfUnknownSize: 1,
          filesThatStay: 0,
          passesFrom: null,
          passesUntil: null,
        },
      ],
    });
  });

  test('of more than are judged, the newest are, and the answer says that it is a part', async () => {
    const { host, challengeId, phaseId } = await open();
    for (let count = 0; count < 3; count++) await s.submission(phaseId, [1]);
    const [newest] = (await submissionsOf(challengeId)).slice(-1);
    await s.db.update(submissions).set({ status: 'running' }).where(eq(submissions.id, newest!));
    expect(await heldBack(s.as(host), { challengeId, atMost: 3 })).toMatchObject({
      submissions: 3,
      isPart: false,
    });
    expect(await heldBack(s.as(host), { challengeId, atMost: 2 })).toMatchObject({
      submissions: 2,
      isPart: true,
    });
    // Newer ones without any file leave nothing to tell, but not that it is all.
    for (let count = 0; count < 2; count++) await s.submission(phaseId, []);
    expect(await heldBack(s.as(host), { challengeId, atMost: 1 })).toEqual({
      groups: [],
      submissions: 0,
      isPart: true,
    });
  });

  test('the list of submissions shows those of a group, in whichever batch they lie', async () => {
    const { host, challengeId, phaseId } = await open();
    const held = await s.submission(phaseId, [1]);
    await s.submission(phaseId, [1]);
    await s.sql`insert into holds (id, matter, reason, submission_id, placed_at)
      values (gen_random_uuid(), 'm', 'r', ${held.id}, ${NOW.toISOString()}::timestamptz)`;
    const ctx = s.as(host);
    const listed = await listSubmissions(ctx, { challengeId, keptBy: 'held' });
    expect(listed.submissions.map(({ id }) => id)).toEqual([held.id]);
    expect((await listSubmissions(ctx, { challengeId, keptBy: 'shared-object' })).submissions).toEqual([]);
  });

  test('L8: who may not see the challenge is told that there is none', async () => {
    const { challengeId } = await open();
    const stranger = s.as(await s.person());
    await expect(heldBack(stranger, { challengeId })).rejects.toMatchObject({ code: 'not_found' });
  });
});

async function submissionsOf(challengeId: number): Promise<number[]> {
  const rows = await s.db.execute<{ id: number }>(sql`
    select s.id::float8 as id from submissions s join challenge_phases p on p.id = s.phase_id
    where p.challenge_id = ${challengeId} order by s.id`);
  return rows.map(({ id }) => id);
}

async function submissionsWithFiles(challengeId: number): Promise<number> {
  const [row] = await s.db.execute<{ count: number }>(sql`
    select count(distinct a.submission_id)::int as count
    from artifacts a join submissions s on s.id = a.submission_id join challenge_phases p on p.id = s.phase_id
    where p.challenge_id = ${challengeId} and a.state <> 'deleted'`);
  return row!.count;
}

function countValues(groups: ReadonlyMap<number, KeptBy>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const keptBy of groups.values()) counts[keptBy] = (counts[keptBy] ?? 0) + 1;
  return counts;
}
