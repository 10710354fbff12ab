import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTokens } from '@/db/schema/tokens';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { nameTargets } from './name-targets';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
});
afterAll(() => database.close());

test('O6: gives what has a name its name, and leaves out what has none or is none', async () => {
  const auditor = await s.person({ role: 'auditor' });
  const host = await s.person();
  const challenge = await s.challenge([host]);
  const tokenId = newId();
  await s.db.insert(apiTokens).values({
    ...{ id: tokenId, name: 'nightly report', tokenHash: 'h', prefix: 'lapse_abc', scopes: ['audit:read'] },
    ...{ createdAt: new Date(), expiresAt: new Date(Date.now() + 1000) },
  });
  const { title } = await s.db.query.challenges
    .findFirst({ where: (row, { eq }) => eq(row.id, challenge.id) })
    .then((row) => row!);
  const targets = [
    `challenge:${challenge.id}`,
    `challenge:${challenge.id}`,
    `person:${host.personId}`,
    `token:${tokenId}`,
    null,
    ...['challenge:999999', 'person:99999999999', 'person:0x1', 'hold:x', 'plan:x', 'cleanup', 'person:'],
  ];
  expect(await nameTargets(s.as(auditor), targets)).toEqual(
    new Map([
      [`challenge:${challenge.id}`, title],
      [`person:${host.personId}`, host.displayName],
      [`token:${tokenId}`, 'nightly report'],
    ]),
  );
  expect(await nameTargets(s.as(auditor), ['setting:x', null])).toEqual(new Map());
  expect(await nameTargets(s.as(host), targets)).toEqual(new Map());
});
