import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';

interface Definition extends Record<string, unknown> {
  name: string;
  definition: string;
}

/**
 * Does `work` without the foreign keys and the indexes of some tables, and then makes them again as they were: checked and
 * sorted at once, in a tenth of the time that it takes row by row. In the caller's transaction, so that nobody ever sees
 * the tables without them. Primary keys and unique constraints stay. Needs the tables' owner.
 */
export async function withoutIndexes(
  tx: Transaction,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const dropped: string[] = [];
  for (const table of tables) {
    const keys = await tx.execute<Definition>(sql`
      select quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
      from pg_constraint where conrelid = ${table}::regclass and contype = 'f'`);
    for (const { name, definition } of keys) {
      await tx.execute(sql.raw(`alter table ${table} drop constraint ${name}`));
      dropped.push(`alter table ${table} add constraint ${name} ${definition}`);
    }
    const indexes = await tx.execute<Definition>(sql`
      select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i
      where i.indrelid = ${table}::regclass and not i.indisprimary
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`);
    for (const { name, definition } of indexes) {
      await tx.execute(sql.raw(`drop index ${name}`));
      dropped.push(definition);
    }
  }
  await work();
  for (const statement of dropped) await tx.execute(sql.raw(statement));
}
