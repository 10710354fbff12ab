import { expect, it } from 'vitest';
import { createTestDatabase } from '@/db/testing';
import { scenario } from '@/lib/retention/testing/scenario';
import { dryRunCleanup } from './dry-run-cleanup';

it('L8: somebody who may not plan a cleanup is refused, and that is written down although a dry run writes nothing', async () => {
  const database = await createTestDatabase();
  const s = scenario(database);
  const auditor = await s.person({ role: 'auditor' });
  await expect(dryRunCleanup(s.as(auditor), {}, async () => 'read')).rejects.toMatchObject({
    code: 'forbidden',
  });
  const events = await s.sql`select action, actor, result from audit_events`;
  expect([...events]).toEqual([
    { action: 'access.refuse', actor: `user:${auditor.personId}`, result: 'error' },
  ]);
  await database.close();
});
