import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTokens } from '@/db/schema/tokens';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { nameActors } from './name-actors';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
});
afterAll(() => database.close());

test('T4: names people, tokens, jobs and whoever else acts, and leaves out what is nobody', async () => {
  const auditor = await s.person({ role: 'auditor' });
  const tokenId = newId();
  await s.db.insert(apiTokens).values({
    ...{ id: tokenId, name: 'Billing', tokenHash: 'h', prefix: 'lapse_abc', scopes: ['audit:read'] },
    ...{ createdAt: new Date(), expiresAt: new Date(Date.now() + 1000) },
  });
  const keys = [
    ...[`user:${auditor.personId}`, `token:${tokenId}`, 'system:verify-audit-log', 'system:demo'],
    ...['cli:root', 'anonymous', 'user:99999', 'user:x', 'ada@example.org'],
  ];
  expect(await nameActors(s.as(auditor), keys)).toEqual(
    new Map([
      [`user:${auditor.personId}`, auditor.displayName],
      [`token:${tokenId}`, 'the token “Billing”'],
      ['system:verify-audit-log', 'the job “Verify the audit log”'],
      ['system:demo', 'the job “demo”'],
      ['cli:root', 'root, on the server'],
      ['anonymous', 'somebody not signed in'],
    ]),
  );
  // What others may not see is not told to them by its name.
  expect([...(await nameActors(s.as(await s.person()), keys)).keys()]).not.toContain(
    `user:${auditor.personId}`,
  );
});
