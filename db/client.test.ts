import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('opens a further connection to a database that another copy of the module opened, as bundles have several', async () => {
  vi.resetModules();
  const another = await import('./client');
  const { sql, close } = another.connectBeside(database.db);
  const [row] = await sql<{ role: string }[]>`select current_user as role`;
  await close();
  expect(row?.role).toBe('lapse_app');
});
