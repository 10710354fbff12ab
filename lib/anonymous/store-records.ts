import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';
import { filesBeingDeleted } from './files-being-deleted';
import type { KeptFile, Outcome } from './received';
import { type GivenFile, type OwnerColumn, replaceFiles } from './replace-files';
import { type UpsertTarget, upsertRows } from './upsert-rows';

interface RecordsWithFiles<R> extends UpsertTarget {
  ownerColumn: OwnerColumn;
  /** The files of a record; undefined: they stay as they are. */
  filesOf: (record: R) => GivenFile[] | undefined;
}

/** Writes records of one kind with their files; says of each what came of it. */
export async function storeRecords<R extends { id: string }>(
  tx: Transaction,
  { ownerColumn, filesOf, ...target }: RecordsWithFiles<R>,
  records: readonly R[],
  now: Date,
): Promise<Map<string, Outcome>> {
  const rows = await upsertRows(tx, target, records, now);
  const withFiles = records.flatMap((record) => {
    const files = filesOf(record);
    return files ? [{ id: record.id, files }] : [];
  });
  const { changed, kept } = await replaceFiles(
    tx,
    ownerColumn,
    withFiles.map(({ id }) => id),
    withFiles.flatMap(({ files }) => files),
  );
  const touched = [...changed].filter((id) => !rows.has(id));
  if (touched.length > 0) await touch(tx, target.table, touched, now);
  const ids = records.map(({ id }) => id);
  const deleting = await filesBeingDeleted(tx, target.table, ids);
  return new Map(
    ids.map((id) => [
      id,
      {
        outcome: rows.get(id) ?? (changed.has(id) ? 'updated' : 'unchanged'),
        filesKept: together(kept.get(id) ?? [], deleting.get(id) ?? []),
      },
    ]),
  );
}

/** Those that go whatever comes stand once, with those of its recording and its meeting. */
const together = (kept: readonly KeptFile[], deleting: readonly KeptFile[]): KeptFile[] => [
  ...kept.filter(({ state }) => state !== 'deleting'),
  ...deleting,
];

/** Of these only the files are others than before. */
const touch = (tx: Transaction, table: UpsertTarget['table'], ids: readonly string[], now: Date) =>
  tx.execute(sql`
    update ${sql.identifier(table)} set updated_at = ${now.toISOString()}::timestamptz where id in (${idsOf(ids)})`);
