import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { whyUnconfirmed } from '../archive/confirm-archive';
import { holdTierPolicy, readTierPolicy } from '../policy/read-policy';
import type { PresetName } from '../policy/tier-policy';
import { eachLeaf } from '../seal/merkle-tree';
import type { OldestEvent } from './oldest-events';

/**
 * Whether what a cut removes must be in a verified archive, and until when everything is (UTC with microseconds); or goes for good,
 * which the rules that the installation satisfies may not let it.
 */
export type Copies =
  | { kind: 'archived'; until: string | null }
  | { kind: 'final'; presets: readonly PresetName[] };

/**
 * By the policy in force, which `isHeld` keeps from being changed until the transaction ends. Throws a LapseError when that is
 * impossible: then nothing goes.
 */
export async function copiesNeeded(
  { clock }: Context,
  db: Queryable,
  { isHeld }: { isHeld: boolean },
): Promise<Copies> {
  const { archive, presets } = isHeld ? await holdTierPolicy(db, clock) : await readTierPolicy({ db, clock });
  if (!archive) return { kind: 'final', presets };
  const [row] = await db.execute<{ until: string | null }>(sql`
    select audit_encoded_time(least(
      (select max(window_end) from audit_segments),
      (select min(window_start) from audit_segments where archive_id is null and leaves is not null))) as until`);
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

export interface Confirmed {
  /** How many of the events, the oldest first, are in archives that can be counted upon. */
  events: number;
  /** Why that is not all of them; null when it is. */
  why: string | null;
}

/**
 * Asks the storage whether it still has the archives of these events as they were verified, which may be weeks ago (L5). To be
 * asked before any lock, since a storage may take its time.
 */
export async function confirmCopies(ctx: Context, events: readonly OldestEvent[]): Promise<Confirmed> {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return { events: 0, why: null };
  const archives = await ctx.db.execute<{ id: string; from: string }>(sql`
    select archive_id::text as id, audit_encoded_time(min(window_start)) as "from" from audit_segments
    where window_start <= ${last.timeCompleted}::timestamptz and window_end > ${first.timeCompleted}::timestamptz
      and archive_id is not null and leaves is not null
    group by archive_id
    order by min(window_start)`);
  for (const { id, from } of archives) {
    const [archive] = await ctx.db.select().from(auditArchives).where(eq(auditArchives.id, id));
    const why = archive && (await whyUnconfirmed(ctx, archive));
    if (!why) continue;
    const place = events.findIndex(({ timeCompleted }) => timeCompleted >= from);
    return { events: place, why };
  }
  return { events: events.length, why: null };
}
