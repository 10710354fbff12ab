import { sql } from 'drizzle-orm';
import { idsOf } from '@/lib/deletion/sql-lists';
import type { Context } from '@/lib/people/context';
import { storeNow } from '@/lib/platform/storage/store-now';
import { anonymousFacts } from './facts';
import { heldBack, neighboursOf } from './held-back';
import type { HeldBackReason } from './reasons';

/**
 * Of some transcripts that are due: why no run takes them all the same. Those that a run does take are left out. Access is the
 * caller's.
 */
export async function whyHeldBack(
  { db, storage }: Pick<Context, 'db' | 'storage'>,
  ids: readonly string[],
  now: Date,
): Promise<Map<string, HeldBackReason>> {
  if (ids.length === 0) return new Map();
  const store = await storeNow(storage);
  const rows = await db.execute<{ transcript_id: string; reason: HeldBackReason }>(sql`
    with facts as materialized (${anonymousFacts(now, sql`t.id in (${neighboursOf(idsOf(ids))})`)})
    select transcript_id, reason from (${heldBack(sql`facts`, now, store)}) held_back
    where transcript_id in (${idsOf(ids)})`);
  return new Map(rows.map((row) => [row.transcript_id, row.reason]));
}
