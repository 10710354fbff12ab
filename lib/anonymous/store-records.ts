import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';
import { deletedBefore } from './deleted-before';
import { filesBeingDeleted } from './files-being-deleted';
import { keysBeingDeleted } from './keys-being-deleted';
import { lockTranscripts } from './lock-transcripts';
import type { KeptFile, Outcome, ReceivedAt, Refused, Stored } from './received';
import { changeOf } from './record-changes';
import { type Reference, recordConflicts, type Writing } from './record-conflicts';
import { type GivenFile, type OwnerColumn, replaceFiles } from './replace-files';
import { type StoredRecord, storedRecords } from './stored-records';
import { type UpsertTarget, upsertRows } from './upsert-rows';

export interface RecordTarget<R> extends UpsertTarget {
  ownerColumn: OwnerColumn;
  /** The columns by which it keeps other records. */
  references: readonly Reference[];
  /** The columns that decide over what goes, references among them. */
  deciding: readonly string[];
  /** The files of a record; undefined: they stay as they are. */
  filesOf: (record: R) => GivenFile[] | undefined;
  /** What else speaks against a record; undefined: nothing. */
  whyNot?: (record: R, before: StoredRecord | undefined, now: Date) => Refused | undefined;
}

/** Writes records of one kind with their files; says of each what came of it. */
export async function storeRecords<R extends { id: string; user_id?: string | null }>(
  tx: Transaction,
  target: RecordTarget<R>,
  records: readonly R[],
  { now, writtenAgain }: ReceivedAt,
): Promise<Stored> {
  // One request after the other: there is no row to lock of what two of them bring at once. No file is claimed and no
  // deletion settled until the end either, so what is decided here stays true.
  await lockTranscripts(tx);
  const before = await storedRecords(
    tx,
    target,
    target.deciding,
    records.map(({ id }) => id),
  );
  const files = new Map(records.map((record) => [record.id, target.filesOf(record)]));
  const goingKeys = await keysBeingDeleted(
    tx,
    target.ownerColumn,
    [...files.values()].flatMap((some) => some ?? []),
  );
  const refused = await recordConflicts(tx, { ...target, records, before, files, goingKeys });
  for (const record of records) {
    const why = target.whyNot?.(record, before.get(record.id), now);
    if (why) refused.set(record.id, why);
  }
  const free = records.filter(({ id }) => !refused.has(id));
  const stored = await write(tx, target, free, { before, files, goingKeys }, { now, writtenAgain });
  return { ...stored, outcomes: new Map<string, Outcome>([...refused, ...stored.outcomes]) };
}

async function write<R extends { id: string }>(
  tx: Transaction,
  target: RecordTarget<R>,
  records: readonly R[],
  { before, files, goingKeys }: Pick<Writing<R>, 'before' | 'files' | 'goingKeys'>,
  { now, writtenAgain }: ReceivedAt,
): Promise<Stored> {
  if (records.length === 0) return { outcomes: new Map(), changes: [] };
  const ids = records.map(({ id }) => id);
  const rows = await upsertRows(tx, target, records, now);
  const listed = ids.filter((id) => files.get(id) !== undefined);
  const { changes: ofFiles, kept } = await replaceFiles(
    tx,
    target.ownerColumn,
    listed,
    listed.flatMap((id) => files.get(id) ?? []),
    writtenAgain,
  );
  const touched = [...ofFiles.keys()].filter((id) => !rows.has(id));
  if (touched.length > 0) await touch(tx, target.table, touched, now);
  const deleting = await filesBeingDeleted(tx, target.table, ids);
  const created = ids.filter((id) => rows.get(id) === 'created');
  const deleted = await deletedBefore(tx, target.table, created);
  const outcomeOf = (id: string): Outcome => {
    const deletedAt = deleted.get(id);
    return {
      outcome: rows.get(id) ?? (ofFiles.has(id) ? 'updated' : 'unchanged'),
      ...(deletedAt && { deletedAt }),
      filesKept: together(kept.get(id) ?? [], [...(deleting.get(id) ?? []), ...(goingKeys.get(id) ?? [])]),
    };
  };
  const changes = records.flatMap((record) => {
    const known = before.get(record.id);
    return (known && changeOf(record, known, target.deciding, ofFiles)) ?? [];
  });
  return { outcomes: new Map(ids.map((id) => [id, outcomeOf(id)])), changes };
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
