import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCounts } from './counts';
import { loadRun } from './list-runs';
import { CleanupWorld, NOW } from './testing/cleanup-world';

let world: CleanupWorld;
let children: ChildProcess[];
beforeEach(async () => {
  world = await CleanupWorld.open();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

/** Works on the run in a process of its own; `before` as in cleanup-child. Gives its first line of output. */
async function work(
  jobRunId: string,
  before: number | 'all',
): Promise<{ line: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      'lib/deletion/testing/cleanup-child.ts',
      world.database.url,
      world.root,
      jobRunId,
      NOW.toISOString(),
      String(before),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [data] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => [`ended with ${code}`]),
  ])) as [Buffer | string];
  return { line: String(data).trim(), child };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await gone).toEqual([null, 'SIGKILL']);
}

test('L9: a process killed between the two transactions, twice, loses nothing and repeats nothing', async () => {
  await world.set('cleanup.batch-size', 4);
  const withdrawn = await world.challenge({ submissions: 2 });
  await world.challenge({ submissions: 5 });
  const jobRunId = await world.request(await world.preview());

  const first = await work(jobRunId, 0);
  expect(first.line).toBe('standing still');
  expect(await world.rows("select 1 from artifacts where state = 'deleting'")).toHaveLength(4);
  await kill(first.child);
  expect(await world.objects()).toHaveLength(14);

  // The first four are still there, and now their consent is not.
  await world.withdraw(withdrawn.id);
  const second = await work(jobRunId, 3);
  expect(second.line).toBe('standing still');
  await kill(second.child);
  expect(await world.objects()).toHaveLength(11);
  expect(await world.receiptKeys()).toHaveLength(0);

  const third = await work(jobRunId, 'all');
  expect(third.line).toBe('succeeded');
  const { run } = await loadRun(world.admin, { jobRunId });
  expect(readCounts(run.counts)).toMatchObject({
    plannedFiles: 14,
    deleted: 10,
    shrunk: 4,
    failed: 0,
    alreadyAbsent: 0,
    bytes: 100,
    submissionsDeleted: 5,
  });
  const kept = withdrawn.submissions.flatMap((one) => one.artifacts.map((artifact) => artifact.storageKey));
  expect(await world.objects()).toEqual(kept.sort());
  expect(await world.rows('select distinct outcome from receipts')).toEqual([{ outcome: 'deleted' }]);
  expect(await world.receiptKeys()).toHaveLength(10);
  expect(await world.rows("select 1 from artifacts where state = 'deleting'")).toEqual([]);
}, 120_000);
