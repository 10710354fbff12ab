import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { auditPrunes } from '@/db/schema/audit-seal';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { appendStatement, type ChainKeys } from '../seal/append-statement';
import { exactText } from '../seal/exact-time';
import { lockSealing } from '../seal/seal-events';

export type Copies = 'archived' | 'final';

/** A prune every hour at the most, or the chain would soon hold little else. */
const STEP_MS = 60 * 60 * 1000;

/**
 * Until when events may go: the end of the last sealed window at or before `cutoff`; where there are archives, with
 * everything before it archived. Null when nothing may.
 */
export async function prunableUntil(db: Queryable, cutoff: Date, copies: Copies): Promise<string | null> {
  const archived =
    copies === 'archived'
      ? sql`window_end <= coalesce((select min(window_start) from audit_segments where archive_id is null and leaves is not null), 'infinity')`
      : sql`true`;
  const [row] = await db.execute<{ until: string | null }>(sql`
    select audit_encoded_time(max(window_end)) as until from audit_segments
    where window_end <= ${exactText(cutoff)}::timestamptz and ${archived}`);
  return row?.until ?? null;
}

/** Until when the prunes on record reach for all streams; null when there are none. */
export async function permittedUntil(db: Queryable): Promise<string | null> {
  const [row] = await db.execute<{ until: string | null }>(
    sql`select audit_encoded_time(max(until)) as until from audit_prunes where stream is null`,
  );
  return row?.until ?? null;
}

/** Whether a new prune is worth a statement of the chain. */
export const isWorthAPrune = (until: string, permitted: string | null): boolean =>
  permitted === null || Date.parse(until) - Date.parse(permitted) >= STEP_MS;

/**
 * Signs and records a prune, in one transaction, before anything goes (B4, L5): the database refuses it unless all before
 * `until` is in verified archives, and deletes nothing without it.
 */
export async function permitPrune(
  ctx: Context,
  tx: Transaction,
  { keys, until, copies, reason }: { keys: ChainKeys; until: string; copies: Copies; reason: string },
): Promise<void> {
  await lockSealing(tx);
  const now = ctx.clock.now();
  const [row] = await tx.execute<{ events: string }>(sql`
    select coalesce(sum(events), 0)::text as events from audit_segments
    where leaves is not null and window_end <= ${until}::timestamptz`);
  const statementSequence = await appendStatement(tx, keys, now, {
    kind: 'prune',
    stream: null,
    until,
    events: Number(row?.events ?? 0),
    copies,
    reason,
  });
  await tx.insert(auditPrunes).values({
    id: newId(),
    statementSequence,
    stream: null,
    until,
    copies,
    createdAt: exactText(now),
  });
}
