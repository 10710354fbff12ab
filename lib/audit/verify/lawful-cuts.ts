import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { eachLeaf, HASH_BYTES, rootOf } from '../seal/merkle-tree';
import type { Window } from '../seal/segment-of';
import type { PruneStatement } from '../seal/statement';

/** Leaf hashes in base64; none when they are not those that were signed: then they explain nothing. */
type KnownCut = ReadonlySet<string>;

/**
 * What the cuts of single streams removed, event for event, by the hashes that their statements signed. Knows the
 * statements that can be believed; reads the hashes of those around one window at a time, so windows must come in order.
 */
export class LawfulCuts {
  /** The signed root of each cut, by the number of its statement. */
  readonly #roots = new Map<number, string>();
  #known = new Map<number, KnownCut>();

  add({ sequence, cut }: PruneStatement): void {
    if (cut) this.#roots.set(sequence, cut.root);
  }

  /** How many of these leaf hashes, each with how often it is missing, were removed lawfully. */
  async count(db: Queryable, window: Window, missing: ReadonlyMap<string, number>): Promise<number> {
    if (this.#roots.size === 0 || missing.size === 0) return 0;
    const found = new Set<string>();
    for (const cut of await this.#around(db, window)) {
      const [fewer, more] = cut.size < missing.size ? [cut, missing] : [missing, cut];
      for (const leaf of fewer.keys()) if (more.has(leaf)) found.add(leaf);
    }
    return [...found].reduce((sum, leaf) => sum + (missing.get(leaf) ?? 0), 0);
  }

  async #around(db: Queryable, { start, end }: Window): Promise<KnownCut[]> {
    const known = sql.param(`{${[...this.#known.keys()].join(',')}}`);
    const rows = await db.execute<{ sequence: number; leaves: Buffer | null }>(sql`
      select statement_sequence::int as sequence,
        case when statement_sequence = any(${known}::bigint[]) then null else leaves end as leaves
      from audit_prunes
      where leaves is not null and since < ${end}::timestamptz and until >= ${start}::timestamptz`);
    const around = new Map<number, KnownCut>();
    for (const { sequence, leaves } of rows) {
      around.set(sequence, this.#known.get(sequence) ?? this.#signed(sequence, leaves));
    }
    // Later windows may need them again; of earlier ones nothing is kept.
    this.#known = around;
    return [...around.values()];
  }

  #signed(sequence: number, leaves: Buffer | null): KnownCut {
    if (leaves === null || leaves.length % HASH_BYTES !== 0) return new Set();
    if (rootOf(leaves).toString('hex') !== this.#roots.get(sequence)) return new Set();
    return new Set([...eachLeaf(leaves)].map((leaf) => Buffer.from(leaf).toString('base64')));
  }
}
