import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import type { StatResult, StorageFailureKind } from '@/lib/platform/storage/object-storage';
import { asRecords } from './sql-lists';

/** The store is asked for so many sizes at the most, so that a preview ends. */
export const MOST_SIZES_ASKED = 10_000;
/** A store that does not answer is found out by a few; then these many at once, of which it works on some at a time. */
const FIRST = 20;
const AT_ONCE = 500;
/** No further sizes are asked for after so long, in milliseconds of real time. */
const PATIENCE_MS = 20_000;

/** What speaks of the whole store, so that the next key would fare no better. */
const OF_THE_STORE: ReadonlySet<StorageFailureKind> = new Set(['unreachable', 'busy', 'store-missing']);

/**
 * Asks the store for the sizes of files that a plan deletes and whose size nobody has told, and writes them into its items:
 * otherwise they would count as nothing where bytes decide about a second admin (B2). What has another size when its turn
 * comes is left alone, as any other file is. What the store does not say stays unknown; a file that is not there has 0 bytes.
 */
export async function askUnknownSizes(ctx: Context, tx: Transaction, planId: string): Promise<void> {
  const keys = await keysOfUnknownSize(tx, planId);
  const began = performance.now();
  for (let at = 0; at < keys.length && performance.now() - began < PATIENCE_MS; ) {
    const next = keys.slice(at, at + (at === 0 ? FIRST : AT_ONCE));
    const answers = [...(await ctx.storage.stat(next)).values()];
    await writeSizes(tx, planId, answers.flatMap(toSize));
    if (answers.some((one) => one.outcome === 'failed' && OF_THE_STORE.has(one.kind))) return;
    at += next.length;
  }
}

async function keysOfUnknownSize(tx: Transaction, planId: string): Promise<string[]> {
  const rows = await tx.execute<{ storage_key: string }>(sql`
    select storage_key from plan_items
    where plan_id = ${planId}::uuid and will_delete
    group by storage_key having max(size_bytes) is null
    order by min(position)
    limit ${MOST_SIZES_ASKED}`);
  return rows.map((row) => row.storage_key);
}

interface Size {
  key: string;
  bytes: number;
}

function toSize(answer: StatResult): Size[] {
  if (answer.outcome === 'failed') return [];
  return [{ key: answer.key, bytes: answer.outcome === 'present' ? answer.sizeBytes : 0 }];
}

async function writeSizes(tx: Transaction, planId: string, sizes: readonly Size[]): Promise<void> {
  if (sizes.length === 0) return;
  await tx.execute(sql`
    update plan_items set size_bytes = asked.bytes
    from jsonb_to_recordset(${asRecords(sizes)}) as asked(key text, bytes bigint)
    where plan_id = ${planId}::uuid and will_delete and storage_key = asked.key and size_bytes is null`);
}
