import { type BinaryHash, eachLeaf, HASH_BYTES, MerkleRoot, rootOf } from '../seal/merkle-tree';
import { type PruneStatement, readStatement } from '../seal/statement';
import type { Manifest, ManifestSegment } from './manifest';

/** What a segment lacks, as its manifest says it. */
export type SegmentRemoval = NonNullable<ManifestSegment['removed']>;

/** The tree of a segment, built from the leaves that are there and, in their places, those of events that were removed. */
export class SegmentTree {
  readonly #tree = new MerkleRoot();
  readonly #removed: SegmentRemoval['leaves'];
  #next = 0;
  #inOrder = true;

  constructor(removed: SegmentRemoval | undefined) {
    this.#removed = removed?.leaves ?? [];
  }

  add(place: number, leaf: BinaryHash): void {
    this.#addRemoved();
    if (place !== this.#tree.size) this.#inOrder = false;
    this.#tree.add(leaf);
  }

  /** After the last leaf. */
  end(): { size: number; root: string; inOrder: boolean } {
    this.#addRemoved();
    const inOrder = this.#inOrder && this.#next === this.#removed.length;
    return { size: this.#tree.size, root: this.#tree.root().toString('hex'), inOrder };
  }

  #addRemoved(): void {
    for (
      let gone = this.#removed[this.#next];
      gone?.[0] === this.#tree.size;
      gone = this.#removed[this.#next]
    ) {
      this.#tree.add(Buffer.from(gone[1], 'hex'));
      this.#next += 1;
    }
  }
}

/**
 * What of a manifest's segments is gone without a statement that it carries having removed it for good, in words: one of all
 * streams by the time of the segment, one of a single stream event for event. That these were signed is for the chain to say.
 */
export function unlawfullyRemoved(manifest: Manifest): string[] {
  const lacking = manifest.segments.filter(({ removed }) => removed !== undefined);
  if (lacking.length === 0) return [];
  const prunes = finalPrunes(manifest);
  const cuts = cutLeaves(manifest, prunes);
  return lacking.flatMap(({ id, window, removed }) => {
    if (!removed) return [];
    const named = removed.statements.flatMap((sequence) => prunes.get(sequence) ?? []);
    if (named.some(({ stream, until }) => stream === null && until >= window.end)) return [];
    const known = named.flatMap(({ sequence }) => cuts.get(sequence) ?? []);
    const left = removed.leaves.filter(([, leaf]) => !known.some((leaves) => leaves.has(leaf)));
    if (left.length === 0) return [];
    return [`${left.length} events of segment ${id} are not in the archive, and no statement removed them.`];
  });
}

function finalPrunes({ statements }: Manifest): Map<number, PruneStatement> {
  const prunes = statements.flatMap(({ sequence, body }) => {
    const statement = readStatement(body);
    const isFinal = statement?.kind === 'prune' && statement.copies === 'final';
    return isFinal && statement.sequence === sequence ? [[sequence, statement] as const] : [];
  });
  return new Map(prunes);
}

/** Of each cut the hashes in hex, where they give the root that its statement names. */
function cutLeaves({ cuts = [] }: Manifest, prunes: ReadonlyMap<number, PruneStatement>) {
  const known = new Map<number, ReadonlySet<string>>();
  for (const { statement, leaves } of cuts) {
    const bytes = Buffer.from(leaves, 'base64');
    const isWhole = bytes.length % HASH_BYTES === 0;
    if (isWhole && rootOf(bytes).toString('hex') === prunes.get(statement)?.cut?.root) {
      known.set(statement, new Set([...eachLeaf(bytes)].map((leaf) => Buffer.from(leaf).toString('hex'))));
    }
  }
  return known;
}
