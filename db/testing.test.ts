import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing';

let first: TestDatabase;
let second: TestDatabase;
beforeAll(async () => {
  [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(() => Promise.all([first.close(), second.close()]));

const insertSetting = (database: TestDatabase) =>
  database.sql`insert into settings (name, value, updated_at) values ('example', '1', now())`;

test('the default connection has the rights of the product, the other those of the owner', async () => {
  const role = sql`select current_user as role`;
  expect(await first.db.execute(role)).toMatchObject([{ role: 'lapse_app' }]);
  expect(await first.owner.db.execute(role)).not.toMatchObject([{ role: 'lapse_app' }]);
});

test('L8: the product may not delete history', async () => {
  await expect(first.sql`delete from consent_events`).rejects.toThrow(/permission denied/);
});

test('two test databases share nothing', async () => {
  await insertSetting(first);
  expect(await second.sql`select name from settings`).toHaveLength(0);
});

test('copies are sorted and compared by code point in UTF-8, whatever the locale of the machine', async () => {
  const [row] = await first.sql`
    select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider
    from pg_database where datname = current_database()`;
  expect(row).toEqual({ encoding: 'UTF8', provider: 'b' });
});

test('close drops the database', async () => {
  const third = await createTestDatabase();
  const { pathname } = new URL(third.url);
  await third.close();
  const found = await first.owner.sql`select from pg_database where datname = ${pathname.slice(1)}`;
  expect(found).toHaveLength(0);
});
