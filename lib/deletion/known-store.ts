import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { settings } from '@/db/schema/settings';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';

/** The row of the settings that names the store of which an admin has said that it is meant; not one of the catalogue. */
export const CONFIRMED_STORE = 'cleanup.confirmed-store';

/**
 * Why no run may begin in this store, in a sentence that says how to go on; null when one may. A store of which there is no
 * receipt, while there are receipts of another one, may be a slip in the configuration, and everything would be absent
 * there, which counts as deleted (E10).
 */
export async function whyStoreIsDoubted(db: Queryable, { name }: ObjectStorage): Promise<string | null> {
  const [known] = await db.execute(sql`select 1 from receipts where store = ${name} limit 1`);
  if (known) return null;
  // Files of a disk beside the store say nothing of the store.
  const [other] = await db.execute<{ store: string }>(
    sql`select store from receipts where store not like '%:local' limit 1`,
  );
  if (!other || (await confirmedStore(db)) === name) return null;
  return (
    `The store is ${name} now, and all that was deleted so far was in ${other.store}: is it the right one? ` +
    `If it is, say so with “lapse confirm-store ${name}”.`
  );
}

/** The store that an admin has confirmed last; null: none. */
export async function confirmedStore(db: Queryable): Promise<string | null> {
  const [row] = await db.select().from(settings).where(eq(settings.name, CONFIRMED_STORE)).limit(1);
  return typeof row?.value === 'string' ? row.value : null;
}
