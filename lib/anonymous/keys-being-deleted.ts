import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { KeptFile } from './received';
import { type GivenFile, givenFiles, type OwnerColumn } from './replace-files';

/**
 * By record: those of the given files whose object a run has committed to deleting because it is also a file of somebody else.
 * It goes whatever comes, so to store it as one that is there would be a lie.
 */
export async function keysBeingDeleted(
  tx: Transaction,
  column: OwnerColumn,
  files: readonly GivenFile[],
): Promise<Map<string, KeptFile[]>> {
  if (files.length === 0) return new Map();
  const rows = await tx.execute<{ owner: string; kind: string; object_key: string }>(sql`
    select distinct given.owner, given.kind, given.object_key
    from ${givenFiles(files)} join anonymous_files f on f.state = 'deleting'
      and f.storage_key = case given.location when 'local' then 'local/' || given.object_key else given.object_key end
      and f.${sql.identifier(column)} is distinct from given.owner
    order by given.owner, given.kind, given.object_key`);
  const found = new Map<string, KeptFile[]>();
  for (const { owner, kind, object_key: objectKey } of rows) {
    found.set(owner, [...(found.get(owner) ?? []), { kind, objectKey, state: 'deleting' }]);
  }
  return found;
}
