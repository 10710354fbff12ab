import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { eachLeaf } from '../seal/merkle-tree';
import type { ManifestCut } from './manifest';
import type { DueSegment } from './plan-rows';
import type { SegmentRemoval } from './removed-leaves';

/** What some segments lack that went for good while nothing was archived, by prunes on record. */
export interface LawfullyRemoved {
  /** By the id of the segment; without those that lack nothing, or more than that. */
  segments: ReadonlyMap<number, SegmentRemoval>;
  /** All that the cuts of single streams removed which these name. */
  cuts: ManifestCut[];
}

/**
 * Finds out by the hashes that were sealed which events of segments without an archive are gone, and which statement removed
 * each of them: one of all streams (O3), of which a hold may have kept a part, or cuts by the limits of streams (M2).
 */
export async function lawfullyRemoved(
  db: Queryable,
  segments: readonly DueSegment[],
): Promise<LawfullyRemoved> {
  const found = new Map<number, SegmentRemoval>();
  const cuts = new Map<number, ManifestCut>();
  const affected = await prunedSegments(db, segments);
  for (const segment of segments.filter(({ id }) => affected.has(id))) {
    const missing = await missingLeaves(db, segment);
    if (missing.length === 0) continue;
    const statement = await pruneOfAll(db, segment);
    const by =
      statement === null ? await cutsOf(db, segment, missing) : { statements: [statement], cuts: [] };
    if (by === null) continue;
    found.set(segment.id, { leaves: missing, statements: by.statements });
    for (const cut of by.cuts) cuts.set(cut.statement, cut);
  }
  return { segments: found, cuts: [...cuts.values()].sort((a, b) => a.statement - b.statement) };
}

/** Those in whose windows some prune without copies may have removed something. */
async function prunedSegments(db: Queryable, segments: readonly DueSegment[]): Promise<Set<number>> {
  const ids = sql.param(`{${segments.map(({ id }) => id).join(',')}}`);
  const rows = await db.execute<{ id: number }>(sql`
    select g.id::int as id from audit_segments g
    where g.id = any(${ids}::bigint[]) and (
      g.window_end <= (select max(until) from audit_prunes where stream is null and copies = 'final')
      or exists (
        select from audit_prunes p
        where p.leaves is not null and p.copies = 'final' and p.since < g.window_end and p.until >= g.window_start))`);
  return new Set(rows.map(({ id }) => id));
}

/** The place and the hash, in hex, of what was sealed and is not there. */
async function missingLeaves(
  db: Queryable,
  { id, start, end }: DueSegment,
): Promise<SegmentRemoval['leaves']> {
  const rows = await db.execute<{ leaf: string }>(sql`
    select encode(sha256('\\x00'::bytea || audit_event_encoding(e)), 'hex') as leaf from audit_events e
    where e.time_completed >= ${start}::timestamptz and e.time_completed < ${end}::timestamptz`);
  const there = new Set(rows.map(({ leaf }) => leaf));
  const [stored] = await db.execute<{ leaves: Buffer | null }>(
    sql`select leaves from audit_segments where id = ${id}`,
  );
  const sealed = [...eachLeaf(stored?.leaves ?? Buffer.alloc(0))].map((leaf) =>
    Buffer.from(leaf).toString('hex'),
  );
  return sealed.flatMap((leaf, place) => (there.has(leaf) ? [] : [[place, leaf] as [number, string]]));
}

/** The statement of the first prune of all streams, without copies, that reaches beyond a segment; null: there is none. */
async function pruneOfAll(db: Queryable, { end }: DueSegment): Promise<number | null> {
  const [row] = await db.execute<{ statement: number }>(sql`
    select statement_sequence::int as statement from audit_prunes
    where stream is null and copies = 'final' and until >= ${end}::timestamptz
    order by statement_sequence limit 1`);
  return row?.statement ?? null;
}

/** The cuts that removed these events, one by one; null unless all of them were. */
async function cutsOf(
  db: Queryable,
  { start, end }: DueSegment,
  missing: SegmentRemoval['leaves'],
): Promise<{ statements: number[]; cuts: ManifestCut[] } | null> {
  const left = new Set(missing.map(([, leaf]) => leaf));
  const around = await db.execute<{ statement: number }>(sql`
    select statement_sequence::int as statement from audit_prunes
    where leaves is not null and copies = 'final' and since < ${end}::timestamptz and until >= ${start}::timestamptz
    order by statement_sequence`);
  const cuts: ManifestCut[] = [];
  // One by one: each may have very many hashes.
  for (const { statement } of around) {
    const [row] = await db.execute<{ leaves: Buffer | null }>(
      sql`select leaves from audit_prunes where statement_sequence = ${statement}`,
    );
    const leaves = row?.leaves ?? Buffer.alloc(0);
    const before = left.size;
    for (const leaf of eachLeaf(leaves)) left.delete(Buffer.from(leaf).toString('hex'));
    if (left.size < before) cuts.push({ statement, leaves: leaves.toString('base64') });
    if (left.size === 0) break;
  }
  return left.size > 0 ? null : { statements: cuts.map(({ statement }) => statement), cuts };
}
