import { expect, it } from 'vitest';
import { migrate } from './migrate';
import { createTestDatabase } from './testing';

it('O1: a product that was switched off for long has a partition for today once it is started', async () => {
  const database = await createTestDatabase();
  try {
    const [old] = await database.owner.sql<{ name: string }[]>`
      select 'audit_events_' || to_char(now() at time zone 'UTC', 'YYYY_MM') as name`;
    await database.owner.sql.unsafe(`drop table ${old?.name}`);
    await migrate(database.ownerUrl);
    const [found] =
      await database.sql`select to_regclass('public.' || ${old?.name ?? ''}) is not null as there`;
    expect(found).toEqual({ there: true });
  } finally {
    await database.close();
  }
});
