import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCounts } from './counts';
import { loadRun } from './list-runs';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupProcesses, type StandsAt } from './testing/cleanup-process';
import { CleanupWorld } from './testing/cleanup-world';
import { expectOneStory } from './testing/one-story';
import { type Place, Standstill } from './testing/standstill';

let world: CleanupWorld;
let processes: CleanupProcesses;
beforeEach(async () => {
  world = await CleanupWorld.open();
  processes = new CleanupProcesses(world);
});
afterEach(async () => {
  processes.killAll();
  await world.close();
});

test('L9: a process killed between the two transactions, twice, loses nothing and repeats nothing', async () => {
  await world.set('cleanup.batch-size', 4);
  const withdrawn = await world.challenge({ submissions: 2 });
  await world.challenge({ submissions: 5 });
  const jobRunId = await world.request(await world.preview());

  const first = await processes.work(jobRunId, 0);
  expect(first.line).toBe('standing still');
  expect(await world.rows("select 1 from artifacts where state = 'deleting'")).toHaveLength(4);
  await processes.kill(first.child);
  expect(await world.objects()).toHaveLength(14);

  // The first four are still there, and now their consent is not.
  await world.withdraw(withdrawn.id);
  const second = await processes.work(jobRunId, 3);
  expect(second.line).toBe('standing still');
  await processes.kill(second.child);
  expect(await world.objects()).toHaveLength(11);
  expect(await world.receiptKeys()).toHaveLength(0);

  const third = await processes.work(jobRunId, 'all');
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

/** Where the process dies in its first batch, and how many of its four files no withdrawal can keep any more. */
const DEATHS: [string, StandsAt | Exclude<Place, 'rows'>, number][] = [
  ['before it looks at the store', 'look', 0],
  ['in the claim, before its commit', 'claim', 0],
  ['after the claim, before the store', 0, 0],
  ['half way through the store', 2, 2],
  ['after the store, before it looks again', 'verify', 4],
  ['in the record, before its commit', 'record', 4],
  ['after the last record, before it finishes', 'finish', 4],
];

test.each(DEATHS)(
  'L1, L9: killed %s, and consent is withdrawn before the run goes on',
  async (_name, at, gone) => {
    await world.set('cleanup.batch-size', 4);
    const withdrawn = await world.challenge({ submissions: 2 });
    await world.challenge({ submissions: 2 });
    const existed = new Set(await world.objects());
    const jobRunId = await world.request(await world.preview());
    if (at === 'claim' || at === 'record') {
      const standstill = await Standstill.install(world);
      const goOn = await standstill.at(at);
      const child = processes.start(jobRunId, 'all');
      await standstill.reached();
      await processes.kill(child);
      await goOn();
    } else {
      const { line, child } = await processes.work(jobRunId, at);
      expect(line).toBe('standing still');
      await processes.kill(child);
    }
    // What the dead process held in its transactions is let go when Postgres has noticed.
    await world.withdraw(withdrawn.id);
    const run = await runCleanupToEnd(world.job(), { jobRunId });
    expect(run.state).toBe('succeeded');
    expect(await world.objects()).toHaveLength(4 - gone);
    expect(readCounts(run.counts)).toMatchObject({ deleted: 4 + gone, shrunk: 4 - gone, alreadyAbsent: 0 });
    await expectOneStory(world, existed);
  },
  60_000,
);
