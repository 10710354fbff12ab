import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { listedObjects, reconciliations } from '@/db/schema/reconciliation';
import { confirmationFor } from '@/lib/deletion/confirmation';
import { previewCleanup } from '@/lib/deletion/preview-cleanup';
import { requestCleanup } from '@/lib/deletion/request-cleanup';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import { CleanupWorld, NOW } from '@/lib/deletion/testing/cleanup-world';
import { loadJobRun, openJobRun } from '@/lib/jobs/job-run';
import { stopJobRun } from '@/lib/jobs/stop-job-run';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { S3Storage } from '@/lib/platform/storage/s3-storage';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { latestReconciliation, listFindings, listReconciliations } from './read-reconciliations';
import { reconcileArtifacts } from './reconcile-artifacts';
import { requestReconciliation } from './request-reconciliation';
import { sayReconciliation } from './say-reconciliation';

let server: S3TestServer;
beforeAll(async () => {
  server = await S3TestServer.start('media');
});
afterAll(() => server.stop());

const bytes = (size: number) => new Uint8Array(size);

describe.each(['folder', 's3'])('B6: rows against objects, in a %s', (kind) => {
  let world: CleanupWorld;
  let storage: ObjectStorage;
  beforeEach(async () => {
    world = await CleanupWorld.open();
    storage = kind === 'folder' ? world.storage : onS3();
    return async () => {
      if (storage !== world.storage) await storage.close();
      await world.close();
    };
  });

  function onS3(): ObjectStorage {
    const name = `bucket-${newId()}`;
    server.buckets.set(
      name,
      new (server.bucket('media').constructor as new () => ReturnType<S3TestServer['bucket']>)(),
    );
    return new S3Storage({
      bucket: name,
      endpoint: server.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    });
  }

  const ctx = (on: ObjectStorage = storage): Context => ({
    ...world.context({ type: 'system', job: 'reconcile-artifacts' }, on),
  });

  async function compare(on?: ObjectStorage, before?: (jobRunId: string) => Promise<void>) {
    const run = await openJobRun(ctx(on), ctx(on).db, { job: 'reconcile-artifacts', trigger: 'manual' });
    await before?.(run.id);
    const done = await reconcileArtifacts(ctx(on), { jobRunId: run.id });
    const { findings } = await listFindings(world.admin, { reconciliationId: done.id, limit: 1000 });
    const short = findings.map((finding) => `${finding.kind} ${finding.storageKey}`);
    return { done, findings, short, run: await loadJobRun(ctx(on).db, run.id) };
  }

  /** A challenge whose objects lie in the storage under test, whichever it is. */
  async function challengeWith(keys: string[], options: Parameters<CleanupWorld['challenge']>[0] = {}) {
    const built = await world.challenge({
      ...options,
      submissions: keys.map((objectKey) => ({
        artifacts: [{ objectKey, sizeBytes: 10, objectBytes: null }],
      })),
    });
    for (const { artifacts } of built.submissions)
      for (const { storageKey } of artifacts) await storage.put(storageKey, bytes(10));
    return built;
  }

  const leftovers = async () => (await world.database.db.select().from(listedObjects)).length;

  it('agrees when every row has its object, with and without media/, and shared ones once', async () => {
    await challengeWith(['media/a/1.txt', 'a/2.txt', 'shared.txt', 'media/shared.txt']);
    // A host's own bucket is not ours to look into, and what lies elsewhere in the store is no artifact.
    await world.challenge({
      useHostCredentials: true,
      submissions: [{ artifacts: [{ objectKey: 'theirs.txt', objectBytes: null }] }],
    });
    await storage.put('archive/2026/segment.parquet', bytes(5));
    const { done, short, run } = await compare();
    expect(short).toEqual([]);
    expect(done).toMatchObject({
      objects: 3,
      objectBytes: 30,
      artifacts: 4,
      finishedAt: NOW,
      store: storage.name,
    });
    expect(run).toMatchObject({
      state: 'succeeded',
      summary: 'Rows and objects agree: 4 rows and 3 objects (30 B) were compared.',
    });
    expect(await leftovers()).toBe(0);
  });

  it('names every disagreement, both ways, and deletes nothing', async () => {
    const built = await challengeWith(['gone.txt', 'grown.txt', 'fine.txt', 'twice.txt', 'twice.txt']);
    await storage.delete(['media/gone.txt', 'media/twice.txt']);
    await storage.put('media/grown.txt', bytes(99));
    await storage.put('media/nobody knows/äöü 1.txt', bytes(7));
    const { done, findings, short, run } = await compare();
    expect(short).toEqual([
      'missing-object media/gone.txt',
      'size-differs media/grown.txt',
      'unknown-object media/nobody knows/äöü 1.txt',
      'missing-object media/twice.txt',
    ]);
    expect(findings.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
    expect(findings[0]).toMatchObject({
      submissionId: built.submissions[0]!.id,
      challengeId: built.id,
      challengeTitle: built.title,
      rowBytes: 10,
      objectBytes: null,
    });
    expect(findings[1]).toMatchObject({ rowBytes: 10, objectBytes: 99 });
    expect(findings[2]).toMatchObject({
      artifactId: null,
      submissionId: null,
      rowBytes: null,
      objectBytes: 7,
    });
    expect(done.counts).toMatchObject({
      'missing-object': 2,
      'size-differs': 1,
      'unknown-object': 1,
      unclear: 0,
    });
    expect(run.summary).toBe(
      '2 rows name objects that are not there, 1 object has no row and 1 object has another size than its row says, in 5 rows and 3 objects (116 B). Nothing was deleted.',
    );
    const left: string[] = [];
    for await (const { key } of storage.list()) left.push(key);
    expect(left.sort()).toEqual(['media/fine.txt', 'media/grown.txt', 'media/nobody knows/äöü 1.txt']);
    expect(new Set(Object.values(await world.states()))).toEqual(new Set(['present']));
  });

  it('E11: what a receipt says is deleted and is there again is told from what no row knows', async () => {
    await challengeWith(['back.txt', 'away.txt']);
    const admin = { ...world.admin, storage };
    const plan = await previewCleanup(admin, {});
    const confirmation = confirmationFor(plan);
    const { jobRunId } = await requestCleanup(admin, { planId: plan.id, hash: plan.hash, confirmation });
    await runCleanupToEnd(world.job(storage), { jobRunId });
    await storage.put('media/back.txt', bytes(10));
    expect((await compare()).short).toEqual(['came-back media/back.txt']);
  });

  it('what a run is deleting is in work; a claim that nobody works on for hours is stuck', async () => {
    const built = await challengeWith(['claimed.txt', 'old.txt']);
    const [claimed, old] = built.submissions.map(({ artifacts }) => artifacts[0]!.id);
    await storage.delete(['media/claimed.txt']);
    const claim = (id: number, hours: number) =>
      world.database.sql`update artifacts set state = 'deleting', claimed_by_run = ${newId()},
        claimed_at = ${new Date(NOW.getTime() - hours * 3_600_000).toISOString()}::timestamptz where id = ${id}`;
    await claim(claimed!, 1);
    await claim(old!, 3);
    expect((await compare()).short).toEqual(['stuck-deleting media/old.txt']);
  });

  it('what changes while it lists becomes no finding', async () => {
    const built = await challengeWith(['late.txt', 'deleted meanwhile.txt', 'z.txt']);
    await storage.delete(['media/late.txt']);
    await storage.put('media/row comes later.txt', bytes(10));
    const moving = whileListing(storage, async () => {
      // An upload arrives, a deletion is done, and the row of an upload is written.
      await storage.put('media/late.txt', bytes(10));
      await world.database
        .sql`update artifacts set state = 'deleted' where storage_key = 'media/deleted meanwhile.txt'`;
      await storage.delete(['media/deleted meanwhile.txt']);
      await world.build.submission(built, {
        artifacts: [{ objectKey: 'row comes later.txt', sizeBytes: 10, objectBytes: null }],
      });
    });
    expect((await compare(moving)).short).toEqual([]);
  });

  it('a deletion between the second look at the store and at the rows becomes none either', async () => {
    await challengeWith(['a.txt']);
    await storage.delete(['media/a.txt']);
    const moving = {
      ...bound(storage),
      stat: async (keys: readonly string[]) => {
        const answer = await storage.stat(keys);
        await world.database
          .sql`update artifacts set state = 'deleting', claimed_by_run = ${newId()}, claimed_at = now()`;
        return answer;
      },
    };
    expect((await compare(moving)).short).toEqual([]);
  });

  it('what the store does not answer for is no finding, and the run says so', async () => {
    await challengeWith(['a.txt', 'b.txt']);
    await storage.delete(['media/a.txt', 'media/b.txt']);
    const silent = {
      ...bound(storage),
      stat: async (keys: readonly string[]) => {
        const answer = await storage.stat(keys);
        answer.set('media/a.txt', {
          key: 'media/a.txt',
          outcome: 'failed',
          kind: 'unreachable',
          error: 'no answer',
          retryable: true,
        });
        return answer;
      },
    };
    const { short, run, done } = await compare(silent);
    expect(short).toEqual(['missing-object media/b.txt']);
    expect(done.counts.unclear).toBe(1);
    expect(run).toMatchObject({
      state: 'partial',
      summary: expect.stringContaining('the store did not say whether it is there'),
    });
  });

  it('many findings go by in batches, each once', async () => {
    const built = await challengeWith(['first.txt']);
    await world.database.sql`
      insert into artifacts (submission_id, kind, object_key)
      select s.id, 'stdout_file', 'many/' || s.id || '.txt' from submissions s`;
    await world.database.sql`
      with more as (
        insert into submissions (phase_id, participant_team_name, status, submitted_at)
        select ${built.phaseId}, 'many', 'finished', now() from generate_series(1, 2300) returning id
      ) insert into artifacts (submission_id, kind, object_key) select id, 'input_file', 'many/' || id || '.txt' from more`;
    const { done, findings } = await compare();
    expect(done.counts['missing-object']).toBe(2301);
    expect(findings).toHaveLength(1000);
    const keys = new Set<string>();
    for (let after: number | null = 0; after !== null; ) {
      const page = await listFindings(world.admin, { reconciliationId: done.id, after, limit: 700 });
      for (const { storageKey } of page.findings) keys.add(storageKey);
      after = page.nextAfter;
    }
    expect(keys.size).toBe(2301);
  });

  it('B8: stops when asked, and does not pass for complete', async () => {
    await challengeWith(['a.txt']);
    const { done, run } = await compare(storage, (id) => stopJobRun(world.admin, { jobRunId: id }));
    expect(run.state).toBe('stopped');
    expect(done.finishedAt).toBeNull();
    expect(await latestReconciliation(world.admin)).toBeNull();
    expect(await leftovers()).toBe(0);
  });

  it('L9: one that died is marked by the next, and its listing goes', async () => {
    await challengeWith(['a.txt']);
    const dead = await openJobRun(ctx(), ctx().db, { job: 'reconcile-artifacts', trigger: 'schedule' });
    const deadId = newId();
    await world.database.sql`update job_runs set state = 'running', started_at = now() where id = ${dead.id}`;
    await world.database.db.insert(reconciliations).values({
      id: deadId,
      jobRunId: dead.id,
      store: 'folder',
      startedAt: new Date('2026-11-19T00:00:00Z'),
    });
    await world.database.db
      .insert(listedObjects)
      .values({ reconciliationId: deadId, storageKey: 'media/x', bytes: 1 });
    expect((await compare()).short).toEqual([]);
    expect(await leftovers()).toBe(0);
    expect(await loadJobRun(ctx().db, dead.id)).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('ended before'),
    });
    // Its own retry begins anew instead.
    await world.database.sql`update job_runs set state = 'running', finished_at = null where id = ${dead.id}`;
    await reconcileArtifacts(ctx(), { jobRunId: dead.id });
    const rows = await world.database.db.select().from(reconciliations).where(sql`job_run_id = ${dead.id}`);
    expect(rows.map(({ id, finishedAt }) => [id === deadId, finishedAt !== null])).toEqual([[false, true]]);
  });

  it('a listing that breaks off is a failure, and never taken for all there is', async () => {
    await challengeWith(['a.txt']);
    const broken = whileListing(storage, () => Promise.reject(new Error('no answer')));
    await expect(compare(broken)).rejects.toThrow('no answer');
    expect(await latestReconciliation(world.admin)).toBeNull();
    expect(await leftovers()).toBe(0);
  });
});

describe('B6: who may', () => {
  it('admins start it, auditors read it, hosts neither (L8)', async () => {
    const world = await CleanupWorld.open();
    try {
      const auditor = world.context(world.person('auditor', await world.build.person({ role: 'auditor' })));
      const host = world.context(world.person('host', await world.build.person()));
      const run = await requestReconciliation(world.admin);
      expect(run).toMatchObject({ state: 'queued', trigger: 'manual', job: 'reconcile-artifacts' });
      for (const who of [auditor, host]) {
        await expect(stopJobRun(who, { jobRunId: run.id })).rejects.toMatchObject({ code: 'forbidden' });
        await expect(requestReconciliation(who)).rejects.toMatchObject({ code: 'forbidden' });
        await expect(reconcileArtifacts(who, { jobRunId: run.id })).rejects.toMatchObject({
          code: 'forbidden',
        });
      }
      await expect(listReconciliations(host)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(latestReconciliation(host)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(listFindings(host, { reconciliationId: newId() })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await reconcileArtifacts(world.admin, { jobRunId: run.id });
      await expect(stopJobRun(world.admin, { jobRunId: run.id })).rejects.toMatchObject({ code: 'conflict' });
      expect(await listReconciliations(auditor)).toMatchObject([{ jobRunId: run.id, runState: 'succeeded' }]);
      await expect(listFindings(auditor, { reconciliationId: newId() })).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(listFindings(auditor, { reconciliationId: 'x' })).rejects.toMatchObject({
        code: 'invalid',
      });
      const events = await world.database.db
        .select()
        .from(auditEvents)
        .where(sql`action = 'reconciliation.run'`);
      expect(events.map(({ result }) => result).sort()).toEqual(['error', 'error', 'success']);
    } finally {
      await world.close();
    }
  });

  it('L9: a run that is complete compares nothing again, and another one does', async () => {
    const world = await CleanupWorld.open();
    try {
      await world.challenge();
      const { id } = await requestReconciliation(world.admin);
      const first = await reconcileArtifacts(world.job(), { jobRunId: id });
      // Its process died before it could say that it was done, so it is told once more.
      await world.challenge();
      expect(await reconcileArtifacts(world.job(), { jobRunId: id })).toEqual(first);
      expect(await listReconciliations(world.admin)).toMatchObject([{ id: first.id, objects: 4 }]);
      const other = await requestReconciliation(world.admin);
      expect(await reconcileArtifacts(world.job(), { jobRunId: other.id })).toMatchObject({ objects: 8 });
    } finally {
      await world.close();
    }
  });

  it('in words: one of a kind, and many', () => {
    const say = (counts: Record<string, number>) =>
      sayReconciliation({ objects: 1, objectBytes: 2_100_000_000, artifacts: 5310, counts });
    expect(say({})).toBe('Rows and objects agree: 5,310 rows and 1 object (2.1 GB) were compared.');
    expect(say({ 'came-back': 1 })).toMatch(/^1 object is there again although a receipt/);
    expect(say({ 'stuck-deleting': 3, unclear: 2 })).toBe(
      '3 files are claimed by runs that nobody works on, in 5,310 rows and 1 object (2.1 GB). Nothing was deleted. Of 2 objects the store did not say whether it is there.',
    );
  });
});

/** The store's own methods, to be replaced one by one. */
function bound(storage: ObjectStorage): ObjectStorage {
  return {
    name: storage.name,
    describe: () => storage.describe(),
    prepare: () => storage.prepare(),
    stat: (keys) => storage.stat(keys),
    delete: (...args) => storage.delete(...args),
    list: (options) => storage.list(options),
    put: (key, body) => storage.put(key, body),
    get: (key) => storage.get(key),
    check: () => storage.check(),
    close: () => storage.close(),
  };
}

function whileListing(storage: ObjectStorage, act: () => Promise<void>): ObjectStorage {
  return {
    ...bound(storage),
    list: async function* (options) {
      for await (const object of storage.list(options)) yield object;
      await act();
    },
  };
}
