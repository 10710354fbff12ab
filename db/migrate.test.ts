import { expect, it } from 'vitest';
import { migrate } from './migrate';
import { createTestDatabase } from './testing';

it('O1: a product that was switched off for long has a partition for today once it is started', async () => {
  const database = await createTestDatabase();
  try {
    const [old] = await database.owner.sql<{ name: string }[]>`
      select name from audit_partitions where lower <= now() and upper > now()`;
    await database.owner.sql.unsafe(`drop table ${old?.name}`);
    await migrate(database.ownerUrl);
    const [found] = await database.sql`
      select count(*)::int as partitions from audit_partitions where lower <= now() and upper > now()`;
    expect(found).toEqual({ partitions: 1 });
  } finally {
    await database.close();
  }
});
