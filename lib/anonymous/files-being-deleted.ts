import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';
import type { KeptFile } from './received';
import { ownersOf } from './referrers';
import type { UpsertTarget } from './upsert-rows';

/**
 * By record: its files that a run has committed to deleting, with those of the recording and the meetings that it refers to as
 * it is stored now. They go whatever comes, and whoever sends the record has to be told (L7).
 */
export async function filesBeingDeleted(
  tx: Transaction,
  table: UpsertTarget['table'],
  ids: readonly string[],
): Promise<Map<string, KeptFile[]>> {
  const rows = await tx.execute<{ owner: string; kind: string; object_key: string }>(sql`
    select deleting.owner, f.kind, f.object_key
    from (${UNITS[table](idsOf(ids))}) deleting
    join anonymous_files f on f.state = 'deleting'
      and (f.transcript_id = deleting.transcript_id or f.recording_id = deleting.recording_id
        or f.meeting_id = deleting.meeting_id)
    order by f.id`);
  const found = new Map<string, KeptFile[]>();
  for (const { owner, kind, object_key: objectKey } of rows) {
    found.set(owner, [...(found.get(owner) ?? []), { kind, objectKey, state: 'deleting' }]);
  }
  return found;
}

/** A row for each record and for each unit that it refers to; one of the three ids is set. */
const UNITS: Record<UpsertTarget['table'], (ids: SQL) => SQL> = {
  transcripts: (ids) => sql`
    select id as owner, id as transcript_id, null::text as recording_id, null::text as meeting_id from (${ids}) listed(id)
    union all
    select transcript_id, null, case kind when 'recording' then id end, case kind when 'meeting' then id end
    from (${ownersOf(ids)}) owned`,
  recordings: (ids) => sql`
    select id as owner, null::text as transcript_id, id as recording_id, null::text as meeting_id from (${ids}) listed(id)
    union all
    select id, null, null, meeting_id from recordings where id in (${ids}) and meeting_id is not null`,
  meetings: (ids) => sql`
    select id as owner, null::text as transcript_id, null::text as recording_id, id as meeting_id from (${ids}) listed(id)`,
};
