import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { auditPrunes } from '@/db/schema/audit-seal';
import { newId } from '@/lib/platform/ids';
import { appendStatement, type ChainKeys } from '../seal/append-statement';
import { exactText } from '../seal/exact-time';
import { rootOf } from '../seal/merkle-tree';
import type { Copies } from './cut-copies';
import type { OldestEvent } from './oldest-events';

export interface NewCut {
  stream: string;
  /** What goes, with leaves, the oldest first; at least one. */
  events: readonly OldestEvent[];
  copies: Copies['kind'];
  reason: string;
}

/** The end of a cut: everything of the stream before (until, untilId) goes. */
export interface CutEnd {
  until: string;
  untilId: string | null;
  /** The statement that says so. */
  statement: number;
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Signs and records a cut before anything goes, in the caller's transaction, which holds the lock of sealing (B4). The hashes
 * of what goes are kept, and signed by their root: so what is missing later can be told from what was removed.
 */
export async function recordCut(
  tx: Transaction,
  keys: ChainKeys,
  now: Date,
  { stream, events, copies, reason }: NewCut,
): Promise<CutEnd> {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) throw new Error('a cut removes something');
  const leaves = Buffer.concat(events.flatMap(({ leaf }) => (leaf ? [leaf] : [])));
  const [until, untilId] = after(last);
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  const statement = await appendStatement(tx, keys, now, {
    kind: 'prune',
    stream,
    until,
    events: events.length,
    copies,
    reason,
    cut: { since: first.timeCompleted, untilId, bytes, root: rootOf(leaves).toString('hex') },
  });
  await tx.insert(auditPrunes).values({
    id: newId(),
    statementSequence: statement,
    stream,
    until,
    untilId,
    since: first.timeCompleted,
    leaves,
    copies,
    createdAt: exactText(now),
  });
  return { until, untilId, statement };
}

/** The place right after an event: at its instant with the next id, as the events of one push share the instant. */
function after({ timeCompleted, id }: OldestEvent): [until: string, untilId: string | null] {
  if (id === LAST_ID) return [nextMicrosecond(timeCompleted), null];
  const hex = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return [timeCompleted, hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')];
}

function nextMicrosecond(instant: string): string {
  const micros = BigInt(Date.parse(`${instant.slice(0, 23)}Z`)) * 1000n + BigInt(instant.slice(23, 26)) + 1n;
  const ms = new Date(Number(micros / 1000n)).toISOString().slice(0, 23);
  return `${ms}${String(micros % 1000n).padStart(3, '0')}Z`;
}

/** Deletes everything of a stream before the end of a cut, `batch` events by a statement; returns how many (M1). */
export async function deleteCut(
  tx: Transaction,
  stream: string,
  { until, untilId }: CutEnd,
  batch: number,
): Promise<number> {
  let deleted = 0;
  let after: { time: string | null; id: string | null } = { time: null, id: null };
  while (true) {
    const [row] = await tx.execute<{ deleted: number; last_time: string | null; last_id: string | null }>(sql`
      select deleted, audit_encoded_time(last_time) as last_time, last_id::text as last_id
      from prune_audit_stream(${stream}, ${until}::timestamptz, ${untilId}::uuid, ${after.time}::timestamptz,
        ${after.id}::uuid, ${batch})`);
    deleted += row?.deleted ?? 0;
    if (!row?.last_time || row.deleted < batch) return deleted;
    after = { time: row.last_time, id: row.last_id };
  }
}
