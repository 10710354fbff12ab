import { afterEach, beforeEach, expect, test } from 'vitest';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { CleanupWorld } from './testing/cleanup-world';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

test('E10, E11: what is due goes, and leaves receipts', async () => {
  const challenge = await world.challenge();
  const { plan, run } = await world.cleanUp();
  expect(plan).toMatchObject({ files: 4, bytes: 40, submissions: 2, challenges: 1, heldBackSubmissions: 0 });
  expect(run).toMatchObject({ state: 'succeeded', summary: '4 files (40 B) deleted.' });
  expect(await world.objects()).toEqual([]);
  const receipts = await world.database.db.query.receipts.findMany();
  expect(receipts).toHaveLength(4);
  expect(receipts[0]).toMatchObject({
    store: 'folder',
    outcome: 'deleted',
    sizeBytes: 10,
    runId: run.id,
    planId: plan.id,
    planHash: plan.hash,
    policyVersion: RETENTION_POLICY.version,
    challengeId: challenge.id,
    consentEventId: challenge.consentEventId,
    noticeId: challenge.noticeId,
  });
});
