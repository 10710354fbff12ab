import { asc, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditSegments, auditStatements } from '@/db/schema/audit-seal';
import { exactColumn } from '../seal/exact-time';
import { HASH_BYTES, rootOf } from '../seal/merkle-tree';
import { readStatement } from '../seal/statement';
import type { Problem } from './chain';

/** What the database says of a segment; times as text with microseconds. */
export interface StoredSegment {
  id: number;
  windowStart: string;
  windowEnd: string;
  isLate: boolean;
  events: number;
  root: Buffer;
  /** NULL once its hot rows are pruned. */
  leaves: Buffer | null;
  /** The checkpoint that it refers to: its number, and its body. */
  statement: number;
  body: string;
}

const storedColumns = {
  id: auditSegments.id,
  windowStart: exactColumn(auditSegments.windowStart),
  windowEnd: exactColumn(auditSegments.windowEnd),
  isLate: auditSegments.isLate,
  events: auditSegments.events,
  root: auditSegments.root,
  leaves: auditSegments.leaves,
  statement: auditStatements.sequence,
  body: auditStatements.body,
};

/** Few, since each brings its leaves. */
const BATCH = 20;

/** The segments of one window; there is one at least. */
export type WindowSegments = [StoredSegment, ...StoredSegment[]];

/** All segments, those of one window together, the oldest window first. */
export const segmentsByWindow = (db: Queryable): AsyncGenerator<WindowSegments> =>
  byWindow(storedSegments(db));

/** The segments of the windows that begin at this instant, those of one window together. */
export const segmentsFrom = (db: Queryable, windowStart: string): AsyncGenerator<WindowSegments> =>
  byWindow(
    db
      .select(storedColumns)
      .from(auditSegments)
      .innerJoin(auditStatements, eq(auditStatements.sequence, auditSegments.statementSequence))
      .where(sql`${auditSegments.windowStart} = ${windowStart}::timestamptz`)
      .orderBy(asc(auditSegments.windowEnd), asc(auditSegments.id))
      // Late segments are few, and each brings its leaves.
      .limit(1000),
  );

async function* byWindow(
  segments: AsyncIterable<StoredSegment> | PromiseLike<StoredSegment[]>,
): AsyncGenerator<WindowSegments> {
  let group: WindowSegments | null = null;
  for await (const segment of Symbol.asyncIterator in segments ? segments : await segments) {
    const [first] = group ?? [];
    if (group && first?.windowStart === segment.windowStart && first.windowEnd === segment.windowEnd) {
      group.push(segment);
    } else {
      if (group) yield group;
      group = [segment];
    }
  }
  if (group) yield group;
}

async function* storedSegments(db: Queryable): AsyncGenerator<StoredSegment> {
  let after: StoredSegment | null = null;
  while (true) {
    const beyond: ReturnType<typeof sql> = after
      ? sql`(${auditSegments.windowStart}, ${auditSegments.windowEnd}, ${auditSegments.id}) >
          (${after.windowStart}::timestamptz, ${after.windowEnd}::timestamptz, ${after.id})`
      : sql`true`;
    const rows: StoredSegment[] = await db
      .select(storedColumns)
      .from(auditSegments)
      .innerJoin(auditStatements, eq(auditStatements.sequence, auditSegments.statementSequence))
      .where(beyond)
      .orderBy(asc(auditSegments.windowStart), asc(auditSegments.windowEnd), asc(auditSegments.id))
      .limit(BATCH);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < BATCH || !last) return;
    after = last;
  }
}

/** Whether a segment is what its checkpoint says, and its leaves give its root. */
export function checkSegment(segment: StoredSegment): Problem[] {
  const named = readStatement(segment.body);
  const agrees =
    named?.kind === 'checkpoint' &&
    named.segment === segment.id &&
    named.window.start === segment.windowStart &&
    named.window.end === segment.windowEnd &&
    named.late === segment.isLate &&
    named.events === segment.events &&
    named.root === segment.root.toString('hex');
  if (!agrees) {
    return [{ kind: 'segment', words: `Segment ${segment.id} is not what its checkpoint says.` }];
  }
  if (segment.leaves === null) return [];
  const isTree =
    segment.leaves.length === segment.events * HASH_BYTES && rootOf(segment.leaves).equals(segment.root);
  return isTree
    ? []
    : [
        {
          kind: 'segment',
          words: `The hashes of segment ${segment.id} do not give the root of its checkpoint.`,
        },
      ];
}
