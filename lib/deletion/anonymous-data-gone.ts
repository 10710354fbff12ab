import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { ownersOf } from '@/lib/anonymous/referrers';
import { transcriptsOfFiles } from './anonymous-data-locks';
import { AT_ONCE, openUnits } from './anonymous-data-rows';
import { inNumbers } from './sql-lists';

/**
 * See DeletionSource. Of transcripts of which more of the plan is still to come nothing is asked yet, so that each file is looked at
 * once more and not with every batch.
 */
export async function goneBeside(
  db: Queryable,
  planId: string,
  positions: readonly number[] | null,
): Promise<string[]> {
  const ofBatch = sql`f.id in (
    select artifact_id from plan_items where plan_id = ${planId}::uuid and ${inNumbers(sql`position`, positions ?? [])})`;
  const isLater = sql`item.plan_id = ${planId}::uuid and item.transcript_id is not null and item.will_delete
    and item.outcome is null and not ${inNumbers(sql`item.position`, positions ?? [])}`;
  const rows = await db.execute<{ storage_key: string }>(sql`
    with wanted as materialized (${positions === null ? openUnits(planId, AT_ONCE) : transcriptsOfFiles(ofBatch)}),
    owned as materialized (${ownersOf(sql`select transcript_id from wanted`)}),
    files as materialized (
      select f.transcript_id, f.id, f.storage_key, f.state
      from wanted join anonymous_files f on f.transcript_id = wanted.transcript_id
      union all
      select owned.transcript_id, f.id, f.storage_key, f.state
      from owned join anonymous_files f on owned.kind = 'recording' and f.recording_id = owned.id
      union all
      select owned.transcript_id, f.id, f.storage_key, f.state
      from owned join anonymous_files f on owned.kind = 'meeting' and f.meeting_id = owned.id
    ),
    later as materialized (
      select files.transcript_id from files join plan_items item on item.artifact_id = files.id and ${isLater}
    )
    select distinct storage_key from files
    where state = 'deleted' and transcript_id not in (select transcript_id from later)
      -- An object that is a file of somebody else by now is not forgotten.
      and not exists (select from anonymous_files f where f.storage_key = files.storage_key and f.state <> 'deleted')`);
  return rows.map((row) => row.storage_key);
}
