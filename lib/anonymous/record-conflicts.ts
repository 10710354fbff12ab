import type { Transaction } from '@/db/client';
import { filesBeingDeleted } from './files-being-deleted';
import { holdsOn } from './holds-on-records';
import { type KeptFile, type Refused, refusedAs } from './received';
import { type GivenFile, missingFiles, type OwnerColumn } from './replace-files';
import type { StoredRecord } from './stored-records';
import type { UpsertTarget } from './upsert-rows';

/** What refers to a unit keeps it; see referrersOf. */
export type Reference = 'recording_id' | 'meeting_id';

export interface Writing<R> {
  table: UpsertTarget['table'];
  ownerColumn: OwnerColumn;
  references: readonly Reference[];
  records: readonly R[];
  before: ReadonlyMap<string, StoredRecord>;
  /** By record; undefined: they stay as they are. */
  files: ReadonlyMap<string, readonly GivenFile[] | undefined>;
  /** By record; see keysBeingDeleted. */
  goingKeys: ReadonlyMap<string, readonly KeptFile[]>;
}

const BEING_DELETED =
  'a file of it, or of what it refers to, is being deleted right now, and what it refers to goes with it: send it again when that is done';
const KEY_BEING_DELETED =
  'the object of a file with this key is being deleted right now, for somebody else: send it again when that is done';
const heldBy = (holdId: string) =>
  `a hold (${holdId}) keeps it with all that belongs to it, and this would take something away: release the hold first`;

/**
 * Which records would take something away that has to stay, and why: a reference or a file from what a hold keeps (L3), since
 * it would then go with others; or a reference while a deletion is at it, since nothing would be left to take the rest; or would
 * name an object that is going. What only adds a reference is never refused, and neither is an owner, so that what keeps a
 * transcript holds at once (L4, L7).
 */
export async function recordConflicts<R extends { id: string; user_id?: string | null }>(
  tx: Transaction,
  { table, ownerColumn, references, records, before, files, goingKeys }: Writing<R>,
): Promise<Map<string, Refused>> {
  const conflicts = new Map<string, Refused>();
  const refuse = (id: string, field: string, why: string) => {
    if (!conflicts.has(id)) conflicts.set(id, refusedAs('conflict', { [field]: why }));
  };
  for (const { id, user_id } of records) {
    const [going] = goingKeys.get(id) ?? [];
    if (going && !user_id) refuse(id, fieldOf(going.kind), KEY_BEING_DELETED);
  }
  const here = records.filter(({ id }) => before.has(id));
  const ids = here.map(({ id }) => id);
  const deleting = await filesBeingDeleted(tx, table, ids);
  const holds = await holdsOn(tx, table, ids);
  for (const record of here) {
    const left = leftBy(record, before.get(record.id), references);
    if (!left) continue;
    const hold = holds.get(record.id);
    if (hold) refuse(record.id, left, heldBy(hold));
    if (deleting.has(record.id) && !record.user_id) refuse(record.id, left, BEING_DELETED);
  }
  const listed = [...holds.keys()].filter((id) => files.get(id) !== undefined);
  const given = listed.flatMap((id) => files.get(id) ?? []);
  for (const { owner, kind } of await missingFiles(tx, ownerColumn, listed, given)) {
    const hold = holds.get(owner);
    if (hold) refuse(owner, fieldOf(kind), heldBy(hold));
  }
  return conflicts;
}

function leftBy(
  record: object,
  before: StoredRecord | undefined,
  references: readonly Reference[],
): Reference | undefined {
  const given: Partial<Record<Reference, unknown>> = record;
  return references.find((name) => before?.[name] != null && before[name] !== given[name]);
}

const FIELDS: Record<string, string> = {
  recording: 'object_key',
  track: 'track_keys',
  composed_video: 'daily_composed_video_s3_key',
};
const fieldOf = (kind: string): string => FIELDS[kind] ?? 'files';
