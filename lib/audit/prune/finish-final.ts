import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { audited } from '../record';
import { deleteRows } from './delete-rows';
import { markPruned } from './mark-pruned';

const WINDOWS_AT_ONCE = 500;

/**
 * Ends what began while nothing was archived (O3): of a window that went for good in part, the rest can never be in an archive,
 * whose root would not be the one that was signed. The prune on record covers it, so it goes as well, `most` rows at the most;
 * windows that are whole stay, and are archived. Returns how many rows went.
 */
export async function finishFinal(ctx: Context, most: number): Promise<number> {
  const parts = await partsLeft(ctx.db);
  if (parts.length === 0) return 0;
  const reason = 'the rest of what began to go for good while nothing was archived';
  return audited(ctx, { action: 'audit.prune', reason }, async (event) => {
    let rowsDeleted = 0;
    for (const part of parts) {
      rowsDeleted += (await deleteRows(ctx.db, part, most - rowsDeleted)).rows;
    }
    await markPruned(ctx, parts.at(-1)?.end ?? '-infinity');
    event.note({ newValue: { copies: 'final', rowsDeleted } });
    return rowsDeleted;
  });
}

/** Windows that a prune without archives covers, and of whose events some are gone and some are there. */
async function partsLeft(db: Queryable): Promise<{ start: string; end: string }[]> {
  const rows = await db.execute<{ start: string; end: string }>(sql`
    select audit_encoded_time(w.window_start) as start, audit_encoded_time(w.window_end) as end
    from (
      select window_start, window_end, sum(events)::int as events from audit_segments
      where leaves is not null and archive_id is null
        and window_end <= (select max(until) from audit_prunes where stream is null and copies = 'final')
      group by window_start, window_end
      order by window_start, window_end
      limit ${WINDOWS_AT_ONCE}
    ) w,
    lateral (
      select count(*)::int as events from audit_events e
      where e.time_completed >= w.window_start and e.time_completed < w.window_end
        and e.stream <> all (select h.stream from audit_stream_holds h where h.released_at is null)
    ) hot
    where hot.events > 0 and hot.events < w.events
    order by w.window_start`);
  return [...rows];
}
