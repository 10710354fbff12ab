import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { scenario } from '@/lib/retention/testing/scenario';
import { fillHistory } from './testing/fill-history';

const MB = 1_000_000;
const [FEW, MANY] = [2_500, 50_000];
let database: TestDatabase;
let few: number;
let many: number;

beforeAll(async () => {
  database = await createTestDatabase();
  const s = scenario(database);
  const host = await s.person();
  few = (await s.challenge([host])).id;
  many = (await s.challenge([host])).id;
  const filled = { personId: host.personId, textLength: 1500 };
  await fillHistory(database, { ...filled, challengeId: few, rows: FEW });
  await fillHistory(database, { ...filled, challengeId: many, rows: MANY });
  // As autovacuum does by itself a minute later.
  await database.owner.sql`analyze consent_events`;
}, 120_000);
afterAll(() => database.close());

const run = promisify(execFile);

async function measure(challengeId: number, format: string): Promise<{ bytes: number; peak: number }> {
  const { stdout } = await run(
    process.execPath,
    [
      '--expose-gc',
      'bin/run-typescript.mjs',
      'lib/consent/testing/export-child.ts',
      database.url,
      String(challengeId),
      format,
    ],
    { env: { ...process.env, LOG_LEVEL: 'silent' } },
  );
  return JSON.parse(stdout);
}

test('B7: 50,000 decisions take no more memory than 2,500', async () => {
  const [small, large] = [await measure(few, 'ndjson'), await measure(many, 'ndjson')];
  expect(large.bytes).toBeGreaterThan(80 * MB);
  expect(large.bytes / small.bytes).toBeCloseTo(MANY / FEW, 1);
  expect(large.peak - small.peak).toBeLessThan(5 * MB);
  const table = await measure(many, 'csv');
  expect(table.bytes).toBeGreaterThan(10 * MB);
  expect(table.peak - small.peak).toBeLessThan(5 * MB);
}, 120_000);
