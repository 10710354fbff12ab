import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { LapseError } from '@/lib/platform/errors';
import { eachLeaf } from '../seal/merkle-tree';
import type { SegmentRemoval } from './removed-leaves';

/** A segment that is to be archived; times as text with microseconds. */
export interface DueSegment {
  id: number;
  start: string;
  end: string;
  events: number;
}

/** Its window holds its events and no others. */
export type PlainSegment = DueSegment;

/** Its window holds other events than all of its own: which are its own, by their places in its tree. */
export interface MatchedSegment extends DueSegment {
  rows: { leaf: number; timeStarted: string; id: string }[];
}

export type PlannedRows =
  | { kind: 'plain'; segments: PlainSegment[] }
  | { kind: 'matched'; segment: MatchedSegment };

/** Events of the database are not what was sealed: somebody who may do anything to it was there. */
export class NotAsSealed extends LapseError {
  constructor(message: string) {
    super('conflict', message);
  }
}

/**
 * Finds out how the events of each segment are told from others, in the order of the segments. A window whose number of
 * events is not that of its only segment is compared hash by hash; throws NotAsSealed when some of them are missing there that
 * are not in `removed`, by the id of the segment.
 */
export async function* planRows(
  db: Queryable,
  segments: readonly DueSegment[],
  removed: ReadonlyMap<number, SegmentRemoval> = new Map(),
): AsyncGenerator<PlannedRows> {
  const shared = await sharedWindows(db, segments);
  let plain: PlainSegment[] = [];
  for (const segment of segments) {
    const lacking = removed.get(segment.id)?.leaves.length ?? 0;
    if (!shared.has(segment.id) && lacking === 0) {
      plain.push(segment);
      continue;
    }
    if (plain.length > 0) yield { kind: 'plain', segments: plain };
    plain = [];
    yield { kind: 'matched', segment: { ...segment, rows: await matchLeaves(db, segment, lacking) } };
  }
  if (plain.length > 0) yield { kind: 'plain', segments: plain };
}

const idsOf = (segments: readonly DueSegment[]) => sql.param(`{${segments.map(({ id }) => id).join(',')}}`);

/** Those whose window has another segment, or another number of events than they have. */
async function sharedWindows(db: Queryable, segments: readonly DueSegment[]): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`
    select g.id::int as id from audit_segments g
    where g.id = any(${idsOf(segments)}::bigint[])
      and (exists (
          select from audit_segments o
          where o.window_start = g.window_start and o.window_end = g.window_end and o.id <> g.id)
        or g.events <> (
          select count(*) from audit_events e
          where e.time_completed >= g.window_start and e.time_completed < g.window_end))`);
  return new Set(rows.map(({ id }) => id));
}

interface Candidate extends Record<string, unknown> {
  time_started: string;
  id: string;
  leaf: Buffer;
}

async function matchLeaves(
  db: Queryable,
  { id, start, end, events }: DueSegment,
  lacking: number,
): Promise<MatchedSegment['rows']> {
  const candidates = await db.execute<Candidate>(sql`
    select audit_encoded_time(e.time_started) as time_started, e.id::text as id,
      sha256('\\x00'::bytea || audit_event_encoding(e)) as leaf
    from audit_events e
    where e.time_completed >= ${start}::timestamptz and e.time_completed < ${end}::timestamptz`);
  const byLeaf = new Map(candidates.map((row) => [row.leaf.toString('base64'), row]));
  const [stored] = await db.execute<{ leaves: Buffer | null }>(
    sql`select leaves from audit_segments where id = ${id}`,
  );
  const rows: MatchedSegment['rows'] = [];
  let place = 0;
  for (const leaf of eachLeaf(stored?.leaves ?? Buffer.alloc(0))) {
    const row = byLeaf.get(Buffer.from(leaf).toString('base64'));
    if (row) rows.push({ leaf: place, timeStarted: row.time_started, id: row.id });
    place += 1;
  }
  const gone = events - lacking - rows.length;
  if (gone !== 0) {
    throw new NotAsSealed(
      `${gone} of the ${events} events of segment ${id} (${start} to ${end}) are gone or are not what was sealed.`,
    );
  }
  return rows;
}
