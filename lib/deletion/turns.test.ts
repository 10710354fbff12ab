import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { beginCleanup } from './begin-cleanup';
import { beginRetries } from './begin-scheduled-cleanup';
import { readCounts } from './counts';
import { listSetAside } from './list-set-aside';
import { planHash } from './plan-text';
import { runCleanupBatch } from './run-cleanup-batch';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW } from './testing/cleanup-world';
import { refusing } from './testing/wrapped-storage';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

const files = (count: number) => Array.from({ length: count }, () => ({ artifacts: [{}] }));
const keysOf = (challenge: { submissions: { artifacts: { storageKey: string }[] }[] }) =>
  challenge.submissions.flatMap(({ artifacts }) => artifacts.map((one) => one.storageKey));
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

describe('E12: challenges take turns', () => {
  test('each with at most its budget, in the order of the hash and of the run', async () => {
    await world.set('cleanup.challenge-budget', 2);
    const large = await world.challenge({ submissions: files(5) });
    const small = await world.challenge({ submissions: files(3) });
    const plan = await world.preview();
    const items = await world.rows('select challenge_id as id from plan_items order by position');
    const [a, b] = [large.id, small.id];
    expect(items.map(({ id }) => id)).toEqual([a, a, b, b, a, a, b, a]);
    // The same world makes the same text, but for the id of the plan.
    expect(await planHash(world.database.db, plan, 'folder')).toBe(plan.hash);
    const again = await world.preview();
    expect(
      await world.rows(`select position, artifact_id from plan_items where plan_id = '${again.id}'`),
    ).toEqual(await world.rows(`select position, artifact_id from plan_items where plan_id = '${plan.id}'`));
  });

  test('so a small challenge is done before a large one, which comes first otherwise', async () => {
    await world.set('cleanup.challenge-budget', 5);
    await world.set('cleanup.batch-size', 10);
    const large = await world.challenge({ submissions: files(40) });
    const small = await world.challenge({ submissions: files(5) });
    const jobRunId = await world.request(await world.preview());
    await beginCleanup(world.job(), { jobRunId });
    await runCleanupBatch(world.job(), { jobRunId });
    const left = await world.objects();
    expect(left).toHaveLength(35);
    expect(left.every((key) => keysOf(large).includes(key))).toBe(true);
    expect(left.some((key) => keysOf(small).includes(key))).toBe(false);
  });

  test('what is held back takes no turn from what goes', async () => {
    await world.set('cleanup.challenge-budget', 2);
    const challenge = await world.challenge({
      submissions: [{ status: 'running' }, { status: 'running' }, ...files(3)],
    });
    const other = await world.challenge({ submissions: files(2) });
    await world.preview();
    const items = await world.rows(
      'select challenge_id as id from plan_items where will_delete order by position',
    );
    expect(items.map(({ id }) => id)).toEqual([challenge.id, challenge.id, other.id, other.id, challenge.id]);
  });
});

describe('E12: a challenge whose objects keep failing', () => {
  async function oneIsBad() {
    await world.set('cleanup.challenge-budget', 20);
    await world.set('cleanup.batch-size', 40);
    const bad = await world.challenge({ title: 'Birds', submissions: files(50) });
    const good = await world.challenge({ submissions: files(30) });
    const refuses = refusing(world.storage, (key) => keysOf(bad).includes(key));
    return { bad, good, refuses };
  }

  test('is set aside, the others go on, and it is told', async () => {
    const { bad, good, refuses } = await oneIsBad();
    const { run } = await world.cleanUp(refuses);
    expect(run).toMatchObject({
      state: 'partial',
      summary:
        '30 files (300 B) deleted. 20 files could not be deleted; they are tried again. 30 files had no turn, because too many of the same challenge failed; they are tried again.',
    });
    const counts = readCounts(run.counts);
    expect(counts).toMatchObject({ plannedFiles: 80, deleted: 30, failed: 20, setAside: 30, shrunk: 0 });
    expect(await world.objects()).toEqual(keysOf(bad).sort());
    expect(await world.receiptKeys()).toEqual(keysOf(good).sort());
    expect(await listSetAside(world.admin, { jobRunId: run.id })).toMatchObject([
      { challengeId: bad.id, title: 'Birds', tried: 20, failed: 20, filesLeft: 30 },
    ]);
    expect(
      await world.rows("select action, result, reason from audit_events where action = 'cleanup.set-aside'"),
    ).toEqual([
      {
        action: 'cleanup.set-aside',
        result: 'success',
        reason: `challenge ${bad.id}: 20 of 20 files could not be deleted`,
      },
    ]);
    const items = await world.rows(`select outcome, outcome_reason, error, count(*)::int from plan_items
      where challenge_id = ${bad.id} group by 1, 2, 3 order by outcome`);
    expect(items).toEqual([
      { outcome: 'failed', outcome_reason: null, error: 'forbidden: pretended', count: 20 },
      { outcome: 'shrunk', outcome_reason: 'set-aside', error: null, count: 30 },
    ]);
  });

  test('has its rest taken up by the hourly retries, until all is gone', async () => {
    const { refuses } = await oneIsBad();
    await world.cleanUp(refuses);
    // What is due elsewhere waits for its schedule.
    const elsewhere = await world.challenge({ submissions: files(2) });
    world.clock.set(later(1));
    const { jobRunId } = await beginRetries(world.job(), { tick: later(1).toISOString() });
    const run = await runCleanupToEnd(world.job(), { jobRunId: jobRunId! });
    expect(readCounts(run.counts)).toMatchObject({ plannedFiles: 50, deleted: 50, failed: 0, setAside: 0 });
    expect(await world.objects()).toEqual(keysOf(elsewhere).sort());
    world.clock.set(later(30));
    expect(await beginRetries(world.job(), { tick: later(30).toISOString() })).toEqual({ jobRunId: null });
  });

  test('tries what failed before first, and its rest less and less often', async () => {
    const { refuses } = await oneIsBad();
    await world.cleanUp(refuses);
    for (let hour = 1; hour <= 12; hour++) {
      world.clock.set(later(hour));
      const { jobRunId } = await beginRetries(world.job(), { tick: later(hour).toISOString() });
      if (jobRunId === null) continue;
      const [first] = await world.rows(`select a.attempts > 0 as attempts_before from plan_items i
        join job_runs r on r.plan_id = i.plan_id and r.id = '${jobRunId}'
        join artifacts a on a.id = i.artifact_id order by position limit 1`);
      await runCleanupToEnd(world.job(refuses), { jobRunId });
      expect(first, 'what failed before comes first').toMatchObject({ attempts_before: true });
    }
    const [most] = await world.rows('select max(attempts) as attempts from artifacts');
    expect(Number(most?.attempts)).toBeGreaterThan(3);
    expect(Number(most?.attempts)).toBeLessThan(10);
    expect(await world.objects()).toHaveLength(50);
  });

  test('stops the run when nothing works beside it', async () => {
    await world.challenge({ submissions: files(15) });
    const bad = await world.challenge({ submissions: files(30) });
    await world.set('cleanup.batch-size', 20);
    const { run } = await world.cleanUp(refusing(world.storage, () => true));
    expect(run.state).toBe('stopped');
    expect(readCounts(run.counts)).toMatchObject({ deleted: 0, setAside: 0 });
    expect(await listSetAside(world.admin, { jobRunId: run.id })).toEqual([]);
    expect(await world.objects()).toHaveLength(45);
    expect(bad.submissions).toHaveLength(30);
  });

  test('stops the run when most of several challenges fail', async () => {
    await world.set('cleanup.challenge-budget', 20);
    const bad = [];
    for (let number = 0; number < 3; number++) bad.push(await world.challenge({ submissions: files(25) }));
    await world.challenge({ submissions: files(25) });
    const failing = new Set(bad.flatMap(keysOf));
    await world.set('cleanup.batch-size', 80);
    const { run } = await world.cleanUp(refusing(world.storage, (key) => failing.has(key)));
    expect(run).toMatchObject({
      state: 'stopped',
      summary:
        'Stopped itself. In 3 of the 4 challenges tried, more than 10% of the files could not be deleted.',
    });
  });

  test('E2: an object that it shares with another challenge stays with it, and counts once', async () => {
    await world.set('cleanup.challenge-budget', 20);
    await world.set('cleanup.batch-size', 20);
    const shared = { artifacts: [{ objectKey: 'shared/a.zip' }] };
    const bad = await world.challenge({ submissions: [...files(30), shared] });
    await world.challenge({ submissions: [...files(2), shared] });
    const own = new Set(keysOf(bad).filter((key) => !key.includes('shared')));
    const { run } = await world.cleanUp(refusing(world.storage, (key) => own.has(key)));
    const counts = readCounts(run.counts);
    expect(counts).toMatchObject({ plannedFiles: 33, deleted: 2, failed: 20, setAside: 11, shrunk: 0 });
    expect(await world.objects()).toContain('media/shared/a.zip');
  });
});
