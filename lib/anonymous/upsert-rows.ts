import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';

type Column = readonly [name: string, type: string];

export interface UpsertTarget {
  table: 'transcripts' | 'recordings' | 'meetings';
  /** Without id, received_at and updated_at. */
  columns: readonly Column[];
}

/** Records as a table `given`, with one parameter however many they are. */
export const givenTable = (records: readonly object[], columns: readonly Column[]): SQL => sql`
  jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as given(${list(columns, ([name, type]) => sql`${sql.identifier(name)} ${sql.raw(type)}`)})`;

/**
 * Writes records with different ids in one statement; each replaces what was known of it. Says which were created and which
 * changed; the others were the same before. In the order of the ids, so that two requests do not wait for each other.
 */
export async function upsertRows(
  tx: Transaction,
  { table, columns }: UpsertTarget,
  records: readonly { id: string }[],
  now: Date,
): Promise<ReadonlyMap<string, 'created' | 'updated'>> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const name = sql.identifier(table);
  const names = list(columns, ([column]) => sql.identifier(column));
  const rows = await tx.execute<{ id: string; created: boolean }>(sql`
    insert into ${name} (id, ${names}, received_at, updated_at)
    select id, ${names}, ${at}, ${at} from ${givenTable(records, [['id', 'text'], ...columns])} order by id
    on conflict (id) do update set
      ${list(columns, ([column]) => sql`${sql.identifier(column)} = excluded.${sql.identifier(column)}`)},
      updated_at = excluded.updated_at
    where (${list(columns, ([column]) => sql`${name}.${sql.identifier(column)}`)})
      is distinct from (${list(columns, ([column]) => sql`excluded.${sql.identifier(column)}`)})
    returning id, xmax = 0 as created`);
  return new Map(rows.map(({ id, created }) => [id, created ? 'created' : 'updated']));
}

const list = (
  columns: readonly Column[],
  of: (column: Column) => SQL | ReturnType<typeof sql.identifier>,
): SQL =>
  sql.join(
    columns.map((column) => sql`${of(column)}`),
    sql`, `,
  );
