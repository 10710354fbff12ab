import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import { idsOf } from '@/lib/deletion/sql-lists';
import type { UpsertTarget } from './upsert-rows';

/** What of a record decides over what goes, by column; instants as exactText writes them. */
export type StoredRecord = Readonly<Record<string, string | boolean | null>>;

/** The records that are here, by id, locked until the end of the transaction. */
export async function storedRecords(
  tx: Transaction,
  { table, columns }: UpsertTarget,
  deciding: readonly string[],
  ids: readonly string[],
): Promise<Map<string, StoredRecord>> {
  const instants = new Set(columns.filter(([, type]) => type === 'timestamptz').map(([name]) => name));
  const shown = deciding.map((name) => {
    const column = sql.identifier(name);
    return instants.has(name) ? sql`${exactColumn(sql`${column}`)} as ${column}` : sql`${column}`;
  });
  const rows = await tx.execute<{ id: string } & StoredRecord>(sql`
    select ${sql.join([sql`id`, ...shown], sql`, `)} from ${sql.identifier(table)}
    where id in (${idsOf(ids)}) order by id for update`);
  return new Map(rows.map((row) => [row.id, row]));
}
