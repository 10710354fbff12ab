import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { asRecords } from '@/lib/deletion/sql-lists';
import type { Context } from '@/lib/people/context';
import type { ObjectInfo } from '@/lib/platform/storage/object-storage';
import { listedBy } from './read-keys';

/** Artifacts are stored below this; whatever else a bucket holds is not theirs and is not looked at. */
export const ARTIFACT_PREFIX = 'media/';

const OBJECTS_AT_ONCE = 2_000;
const ROWS_REMOVED_AT_ONCE = 50_000;

export interface Listing {
  objects: number;
  bytes: number;
  /** Names that Postgres cannot keep, so that nothing can be said of them. */
  unclear: number;
}

/**
 * Writes the store's listing into listed_objects, batch by batch, so that memory does not grow with it. After each batch
 * `goOn` is told how many there are, and ends the listing by answering false. Throws 'unavailable' when the store does not
 * answer.
 */
export async function listObjects(
  ctx: Context,
  reconciliationId: string,
  goOn: (objects: number) => Promise<boolean>,
): Promise<Listing | 'stopped'> {
  let [batch, seen, unclear]: [ObjectInfo[], number, number] = [[], 0, 0];
  for await (const object of ctx.storage.list({ prefix: ARTIFACT_PREFIX })) {
    if (object.key.includes('\0')) unclear += 1;
    else batch.push(object);
    if (batch.length < OBJECTS_AT_ONCE) continue;
    await insert(ctx.db, reconciliationId, batch);
    seen += batch.length;
    batch = [];
    if (!(await goOn(seen))) return 'stopped';
  }
  await insert(ctx.db, reconciliationId, batch);
  if (!(await goOn(seen + batch.length))) return 'stopped';
  const [row] = await ctx.db.execute<{ objects: number; bytes: number }>(sql`
    select count(*)::float8 as objects, coalesce(sum(bytes), 0)::float8 as bytes
    from listed_objects where ${listedBy(reconciliationId)}`);
  return { objects: row?.objects ?? 0, bytes: row?.bytes ?? 0, unclear };
}

async function insert(db: Queryable, reconciliationId: string, batch: readonly ObjectInfo[]): Promise<void> {
  if (batch.length === 0) return;
  const rows = asRecords(batch.map(({ key, sizeBytes }) => ({ key, bytes: sizeBytes })));
  // A store that changes meanwhile may list a key twice.
  await db.execute(sql`
    insert into listed_objects (reconciliation_id, storage_key, bytes)
    select ${reconciliationId}::uuid, key, bytes from jsonb_to_recordset(${rows}) as object(key text, bytes bigint)
    on conflict do nothing`);
}

/** Forgets the listings of all comparisons: the caller holds the lock under which alone one is made. */
export async function forgetListings(db: Queryable): Promise<void> {
  for (;;) {
    const result = await db.execute(sql`
      delete from listed_objects where ctid = any(array(select ctid from listed_objects limit ${ROWS_REMOVED_AT_ONCE}))`);
    if ((result as unknown as { count: number }).count < ROWS_REMOVED_AT_ONCE) return;
  }
}
