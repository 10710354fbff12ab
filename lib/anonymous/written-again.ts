import { sql } from 'drizzle-orm';
import { statAll } from '@/lib/deletion/delete-and-verify';
import { idsOf } from '@/lib/deletion/sql-lists';
import type { Context } from '@/lib/people/context';
import type { OwnerColumn } from './replace-files';

/**
 * Of files of these records that a run has deleted those whose key holds an object again, by their storage keys: the platform
 * has written it anew, and without this it would stay for good when the rows go (L9). An object of which the store does not
 * say that it is absent counts as one that is there: at worst the next run finds that it is not.
 *
 * Asks the store, so outside of any transaction, and only where something of a record was deleted and the rest is left.
 */
export async function writtenAgain(
  ctx: Context,
  column: OwnerColumn,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await ctx.db.execute<{ storage_key: string }>(sql`
    select distinct storage_key from anonymous_files f
    where f.${sql.identifier(column)} in (${idsOf(ids)}) and f.state = 'deleted'`);
  const keys = rows.map((row) => row.storage_key);
  const stats = await statAll(ctx.storage, keys);
  return new Set(keys.filter((key) => stats.get(key)?.outcome !== 'absent'));
}
