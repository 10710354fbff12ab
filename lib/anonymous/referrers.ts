import { type SQL, sql } from 'drizzle-orm';

/**
 * Which transcripts refer to some recordings and meetings: a query with the columns kind ('recording' or 'meeting'), id and
 * transcript_id, each once. `owners` is the name of a table of a WITH that has kind and id. The same references as those of
 * UNIT_REFERENCES, found by index.
 */
export const referrersOf = (owners: SQL): SQL => sql`
  select owner.kind, owner.id, t.id as transcript_id
  from ${owners} owner join transcripts t on owner.kind = 'recording' and t.recording_id = owner.id
  union
  select owner.kind, owner.id, t.id
  from ${owners} owner join transcripts t on owner.kind = 'meeting' and t.meeting_id = owner.id
  union
  select owner.kind, owner.id, t.id
  from ${owners} owner
  join recordings r on owner.kind = 'meeting' and r.meeting_id = owner.id
  join transcripts t on t.recording_id = r.id`;

/**
 * The recordings and meetings that transcripts refer to: a query with the columns transcript_id, kind and id, each once.
 * `wanted` is a query with the ids of the transcripts.
 */
export const ownersOf = (wanted: SQL): SQL => sql`
  select t.id as transcript_id, 'recording' as kind, t.recording_id as id
  from transcripts t where t.id in (${wanted}) and t.recording_id is not null
  union
  select t.id, 'meeting', t.meeting_id from transcripts t where t.id in (${wanted}) and t.meeting_id is not null
  union
  select t.id, 'meeting', r.meeting_id
  from transcripts t join recordings r on r.id = t.recording_id
  where t.id in (${wanted}) and r.meeting_id is not null`;

/** Whose a file is, as kind and id; `file` names a row of anonymous_files. */
export const ownerOfFile = (file: SQL): { kind: SQL; id: SQL } => ({
  kind: sql`case when ${file}.transcript_id is not null then 'transcript'
    when ${file}.recording_id is not null then 'recording' else 'meeting' end`,
  id: sql`coalesce(${file}.transcript_id, ${file}.recording_id, ${file}.meeting_id)`,
});
