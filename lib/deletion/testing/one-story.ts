import { expect } from 'vitest';
import { readCounts } from '../counts';
import type { CleanupWorld } from './cleanup-world';

/**
 * What must hold whenever no run is in the middle of something: receipts, objects, rows and counts tell the same story,
 * each object once (L9, E11). `existed` are the keys that had an object at the beginning, when the test knows.
 */
export async function expectOneStory(world: CleanupWorld, existed?: ReadonlySet<string>): Promise<void> {
  const objects = new Set(await world.objects());
  const receipts = await world.rows('select storage_key as key, outcome, run_id from receipts');
  const keys = receipts.map(({ key }) => String(key));
  expect(new Set(keys).size, 'each object has one receipt').toBe(keys.length);
  const receipted = new Set(keys);
  for (const key of keys) expect(objects, 'what has a receipt is gone').not.toContain(key);
  if (existed) {
    const gone = [...existed].filter((key) => !objects.has(key));
    expect([...receipted].filter((key) => existed.has(key)).sort(), 'what is gone has a receipt').toEqual(
      gone.sort(),
    );
  }
  await expectTrueRows(world, receipted);
  await expectTrueCounts(world, receipts);
}

async function expectTrueRows(world: CleanupWorld, receipted: ReadonlySet<string>): Promise<void> {
  const artifacts = await world.rows('select storage_key as key, state, receipt_id, claim_id from artifacts');
  for (const { key, state, receipt_id } of artifacts) {
    const gone = receipted.has(String(key));
    expect([key, state === 'deleted', receipt_id !== null]).toEqual([key, gone, gone]);
    expect(state, 'nothing is left in the middle').not.toBe('deleting');
  }
  const submissions = await world.rows(`
    select s.is_artifact_deleted as said, bool_and(a.state = 'deleted') as is_true
    from submissions s join artifacts a on a.submission_id = s.id group by s.id`);
  for (const { said, is_true } of submissions) expect(said).toBe(is_true);
}

/** Of each run and of all together: no object counts twice, and every one that counts as gone has its receipt. */
async function expectTrueCounts(
  world: CleanupWorld,
  receipts: readonly Record<string, unknown>[],
): Promise<void> {
  const runs = await world.rows("select id, state, counts from job_runs where counts <> '{}'");
  for (const { id, state, counts } of runs) {
    const said = readCounts(counts as Record<string, number>);
    const own = receipts.filter(({ run_id }) => run_id === id);
    const sum = said.deleted + said.alreadyAbsent + said.failed + said.shrunk + said.setAside;
    expect(said.deleted, 'deleted').toBe(own.filter(({ outcome }) => outcome === 'deleted').length);
    expect(said.alreadyAbsent, 'absent').toBe(
      own.filter(({ outcome }) => outcome === 'already-absent').length,
    );
    for (const [name, value] of Object.entries(said)) expect(value, name).toBeGreaterThanOrEqual(0);
    if (state === 'succeeded' || state === 'partial') {
      expect(sum, 'every planned object has one outcome').toBe(said.plannedFiles);
    } else expect(sum).toBeLessThanOrEqual(said.plannedFiles);
  }
}
