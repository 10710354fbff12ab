import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { listPolicies } from './list-policies';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
});
afterAll(() => database.close());

test('B3, E11: the policy that a receipt cites is found by its id, however many came after it', async () => {
  await database.sql`
    insert into public_policies (id, public_mode, retention_days, in_force_from, recorded_by_actor)
    select gen_random_uuid(), true, n, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 day',
      '{"type": "system", "job": "start"}' from generate_series(1, 205) n`;
  const auditor = s.as(await s.person({ role: 'auditor' }));
  const newest = await listPolicies(auditor);
  expect(newest).toHaveLength(200);
  expect(newest[0]).toMatchObject({ sequence: 205, inForceUntil: null });
  const [oldest] = (await listPolicies(auditor, { limit: 300 })).slice(-1);
  expect(oldest).toMatchObject({ sequence: 1, retentionDays: 1 });
  expect(await listPolicies(auditor, { ids: [oldest!.id] })).toEqual([oldest]);
  expect(await listPolicies(auditor, { ids: [] })).toEqual([]);
});
