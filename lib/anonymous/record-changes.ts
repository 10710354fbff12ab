import type { StoredRecord } from './stored-records';

type Value = string | boolean | null;

/** What a request changed of what decides over a record: before and after by column, and what became of its files. */
export interface RecordChange {
  id: string;
  fields?: Record<string, { old: Value; new: Value }>;
  files?: FileChanges;
}

export interface FileChanges {
  added?: string[];
  changed?: string[];
  removed?: string[];
}

/** More names of files of one kind of change of one record than this are only counted. */
const NAMED = 20;

/** Of a record that was here before; undefined: nothing that decides is another. */
export function changeOf(
  record: { id: string },
  before: StoredRecord,
  deciding: readonly string[],
  files: ReadonlyMap<string, FileChanges>,
): RecordChange | undefined {
  const given: Record<string, unknown> = { ...record };
  const fields = deciding.flatMap((name) => {
    const value = { old: before[name] ?? null, new: asValue(given[name]) };
    return value.old === value.new ? [] : [[name, value] as const];
  });
  const ofFiles = files.get(record.id);
  if (fields.length === 0 && !ofFiles) return undefined;
  return {
    id: record.id,
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    ...(ofFiles && { files: ofFiles }),
  };
}

const asValue = (value: unknown): Value =>
  typeof value === 'string' || typeof value === 'boolean' ? value : null;

/** By owner, with the storage keys; those that are too many to name as a count at the end. */
export function fileChanges(
  rows: Readonly<Record<keyof FileChanges, readonly { owner: string; storage_key: string }[]>>,
): Map<string, FileChanges> {
  const found = new Map<string, FileChanges>();
  for (const kind of ['added', 'changed', 'removed'] as const) {
    for (const [owner, keys] of byOwner(rows[kind])) {
      const more = keys.length - NAMED;
      const named = more > 0 ? [...keys.slice(0, NAMED), `and ${more} more`] : keys;
      found.set(owner, { ...found.get(owner), [kind]: named });
    }
  }
  return found;
}

function byOwner(rows: readonly { owner: string; storage_key: string }[]): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const { owner, storage_key } of rows) {
    const some = keys.get(owner);
    if (some) some.push(storage_key);
    else keys.set(owner, [storage_key]);
  }
  return keys;
}
