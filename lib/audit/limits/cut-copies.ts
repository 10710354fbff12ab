import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { readTierPolicy } from '../policy/read-policy';
import { eachLeaf } from '../seal/merkle-tree';
import type { OldestEvent } from './oldest-events';

/** Whether what a cut removes must be in a verified archive, and until when everything is; UTC with microseconds. */
export type Copies = { kind: 'archived'; until: string | null } | { kind: 'final' };

/** By the policy in force. Throws a LapseError when that is impossible: then nothing goes. */
export async function copiesNeeded(ctx: Context, db: Queryable): Promise<Copies> {
  const { archive } = await readTierPolicy({ db, clock: ctx.clock });
  if (!archive) return { kind: 'final' };
  const [row] = await db.execute<{ until: string | null }>(sql`
    select audit_encoded_time(least(
      (select max(window_end) from audit_segments),
      (select min(window_start) from audit_segments where archive_id is null))) as until`);
  return { kind: 'archived', until: row?.until ?? null };
}

const SEGMENTS_AT_ONCE = 10;

/**
 * How many of these events, the oldest first, are in verified archives without one in between that is not (L5): found by
 * their hashes among those that were sealed and archived, for a row may have come late, or not be what was sealed.
 */
export async function countCopied(db: Queryable, events: readonly OldestEvent[]): Promise<number> {
  const wanted = new Map(
    events.map(({ leaf }, place) => [leaf?.toString('base64') ?? `none ${place}`, place]),
  );
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return 0;
  for (let after = 0; wanted.size > 0; ) {
    const segments = await db.execute<{ id: string; leaves: Buffer }>(sql`
      select id::text as id, leaves from audit_segments
      where window_start <= ${last.timeCompleted}::timestamptz and window_end > ${first.timeCompleted}::timestamptz
        and archive_id is not null and leaves is not null and id > ${after}
      order by id limit ${SEGMENTS_AT_ONCE}`);
    for (const { id, leaves } of segments) {
      for (const leaf of eachLeaf(leaves)) wanted.delete(Buffer.from(leaf).toString('base64'));
      after = Number(id);
    }
    if (segments.length < SEGMENTS_AT_ONCE) break;
  }
  return wanted.size === 0 ? events.length : Math.min(...wanted.values());
}
