import type { Queryable } from '@/db/client';
import { leafHash } from '../seal/encoding';
import { eachLeaf, HASH_BYTES } from '../seal/merkle-tree';
import type { Window } from '../seal/segment-of';
import type { Problem } from './chain';
import type { StoredSegment } from './check-segment';
import type { LawfulCuts } from './lawful-cuts';
import { sealedRows } from './sealed-rows';

export interface CheckedWindow {
  /** Events that are as they were sealed. */
  events: number;
  /** Sealed events that are gone, as a prune on record allows. */
  pruned: number;
  problems: Problem[];
}

/** What the statements of the chain allow to be gone. */
export interface Lawful {
  /** Exclusive: what became final before it may be gone, of all streams; null: there is no such prune. */
  prunedUntil: string | null;
  /** What was cut from single streams. */
  cuts: LawfulCuts;
}

/**
 * Compares the events of a window with the leaves of its segments, both ways: what is there must have been sealed so, and
 * what was sealed must be there, or be removed by a prune of the chain.
 */
export async function checkWindow(
  db: Queryable,
  window: Window,
  segments: readonly StoredSegment[],
  { prunedUntil, cuts }: Lawful,
): Promise<CheckedWindow> {
  const leaves = leavesOf(segments);
  const checked: CheckedWindow = { events: 0, pruned: 0, problems: [] };
  for await (const event of sealedRows(db, window)) {
    const leaf = leafHash(event).toString('base64');
    const left = leaves.get(leaf) ?? 0;
    if (left > 0) {
      checked.events += 1;
      if (left === 1) leaves.delete(leaf);
      else leaves.set(leaf, left - 1);
    } else {
      checked.problems.push({
        kind: 'altered',
        words: `Event ${event.id} of ${event.timeCompleted} is not what was sealed, or came after the seal.`,
      });
    }
  }
  const sealed = segments.reduce((sum, { events }) => sum + events, 0);
  const gone = sealed - checked.events;
  if (gone > 0) {
    const isPruned = prunedUntil !== null && prunedUntil > window.start;
    checked.pruned = isPruned ? gone : await cuts.count(db, window, leaves);
    if (checked.pruned < gone) checked.problems.push(missing(gone - checked.pruned, window));
  }
  return checked;
}

/** How often each leaf is in these segments. */
function leavesOf(segments: readonly StoredSegment[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const { leaves } of segments) {
    // What is no list of hashes explains nothing; checkSegment says that it gives no root.
    if (leaves === null || leaves.length % HASH_BYTES !== 0) continue;
    for (const leaf of eachLeaf(leaves)) {
      const name = Buffer.from(leaf).toString('base64');
      count.set(name, (count.get(name) ?? 0) + 1);
    }
  }
  return count;
}

const missing = (events: number, { start, end }: Window): Problem => ({
  kind: 'missing',
  words: `${events} sealed events between ${start} and ${end} are gone, and no prune covers them.`,
});
