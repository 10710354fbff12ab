import { expect } from 'vitest';
import type { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { readCounts } from '../counts';

/**
 * What must hold of anonymous data whenever no run is in the middle of something: receipts, objects, rows and counts tell the
 * same story, each object once (L9, R4).
 */
export async function expectOneAnonymousStory({ world }: AnonymousWorld): Promise<void> {
  const objects = new Set(await world.objects());
  const receipts = await world.rows('select storage_key as key, run_id, outcome from receipts');
  const keys = receipts.map(({ key }) => String(key));
  expect(new Set(keys).size, 'each object has one receipt').toBe(keys.length);
  for (const key of keys) expect(objects, 'what has a receipt is gone').not.toContain(key);
  for (const { key, state } of await world.rows('select storage_key as key, state from anonymous_files')) {
    expect(state, 'nothing is left in the middle').not.toBe('deleting');
    expect([key, state === 'deleted']).toEqual([key, keys.includes(String(key))]);
  }
  const deleted = await world.rows(`
    select unit.transcript_id from plan_transcripts unit join transcripts t on t.id = unit.transcript_id
    where unit.outcome = 'deleted'`);
  expect(deleted, 'what is said to be deleted is gone').toEqual([]);
  for (const { id, plan_id, counts } of await world.rows(
    "select id, plan_id, counts from job_runs where counts <> '{}'",
  )) {
    const said = readCounts(counts as Record<string, number>);
    const own = receipts.filter(({ run_id }) => run_id === id);
    expect(said.deleted + said.alreadyAbsent, 'each counted object has its receipt').toBe(own.length);
    const [units] = await world.rows(`
      select count(*)::int as deleted from plan_transcripts where plan_id = '${String(plan_id)}' and outcome = 'deleted'`);
    expect(said.transcriptsDeleted, 'each counted transcript is gone').toBe(units?.deleted);
    for (const [name, value] of Object.entries(said)) expect(value, name).toBeGreaterThanOrEqual(0);
  }
}
