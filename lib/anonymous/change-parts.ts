import type { RecordChange } from './record-changes';

/** What an event says of the records of a request, beside how many there were. */
export interface ToldRecords {
  createdIds?: string[];
  changes?: RecordChange[];
}

/** Bytes that one event says, about: a page of the log has fifty events. */
const PART_BYTES = 32 * 1024;

/**
 * All that a request has made and changed, divided so that no event of the audit log becomes long; one part at the least. Nothing
 * is left out: who could make it too long could hide what he did.
 */
export function changeParts(createdIds: readonly string[], changes: readonly RecordChange[]): ToldRecords[] {
  const ids = divided(createdIds).map((some): ToldRecords => ({ createdIds: some }));
  const others = divided(changes).map((some): ToldRecords => ({ changes: some }));
  // Mostly both fit into one.
  if (ids.length <= 1 && others.length <= 1) return [{ ...ids[0], ...others[0] }];
  return [...ids, ...others];
}

/** In pieces of about so many bytes as JSON; what is longer alone is one by itself. */
function divided<T>(all: readonly T[]): T[][] {
  const pieces: T[][] = [];
  let room = 0;
  for (const each of all) {
    const length = Buffer.byteLength(JSON.stringify(each), 'utf8');
    const piece = pieces.at(-1);
    if (piece && length <= room) {
      piece.push(each);
      room -= length;
    } else {
      pieces.push([each]);
      room = PART_BYTES - length;
    }
  }
  return pieces;
}
