import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';
import type { UpsertTarget } from './upsert-rows';

/**
 * Of records that are not here, or were not until now: when a cleanup deleted them, by id. The platform does not hear of a deletion
 * by itself, and learns it when it sends such a record again. A recording or meeting that had no file is not known any more.
 */
export async function deletedBefore(
  db: Queryable,
  table: UpsertTarget['table'],
  ids: readonly string[],
): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const rows = await db.execute<{ id: string; at: string }>(sql`
    select id, to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from (${DELETIONS[table](idsOf(ids))}) deletion group by id`);
  return new Map(rows.map(({ id, at }) => [id, new Date(at)]));
}

/** By id, each with when it was. */
const DELETIONS: Record<UpsertTarget['table'], (ids: SQL) => SQL> = {
  transcripts: (ids) => sql`
    select took.transcript_id as id, coalesce(
      (select max(deleted_at) from receipts where transcript_id = took.transcript_id and plan_id = took.plan_id),
      r.finished_at, r.heartbeat_at, r.created_at) as at
    from plan_transcripts took join job_runs r on r.plan_id = took.plan_id
    where took.outcome = 'deleted' and took.transcript_id in (${ids})`,
  recordings: (ids) => ofSubjects(ids, sql`'recordingId'`),
  meetings: (ids) => ofSubjects(ids, sql`'meetingId'`),
};

/** Of these no plan has a row; the receipts of their files name them. */
const ofSubjects = (ids: SQL, name: SQL): SQL => sql`
  select listed.id, receipts.deleted_at as at
  from (${ids}) listed(id)
  join receipts on receipts.transcript_id is not null
    and receipts.subjects @> jsonb_build_array(jsonb_build_object(${name}, listed.id))`;
