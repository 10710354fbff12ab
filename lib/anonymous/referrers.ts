import { type SQL, sql } from 'drizzle-orm';

/**
 * The ways in which a transcript `t` refers to a recording or a meeting, which then stays as long as it does: to its recording, to
 * its meeting, and to that of its recording. Everybody who asks for references asks here.
 */
const WAYS: readonly Way[] = [
  { kind: sql`'recording'`, from: sql`transcripts t`, id: sql`t.recording_id` },
  { kind: sql`'meeting'`, from: sql`transcripts t`, id: sql`t.meeting_id` },
  {
    kind: sql`'meeting'`,
    from: sql`transcripts t join recordings r on r.id = t.recording_id`,
    id: sql`r.meeting_id`,
  },
];

interface Way {
  kind: SQL;
  from: SQL;
  id: SQL;
}

/** A query for each way, and one of all of them; `narrowed` follows in each, as a JOIN or a WHERE that an index serves. */
const references = (narrowed: (way: Way) => SQL): SQL =>
  sql.join(
    WAYS.map(
      (way) => sql`
        select t.id as transcript_id, ${way.kind} as kind, ${way.id} as id from ${way.from} ${narrowed(way)}`,
    ),
    sql` union `,
  );

/**
 * Which transcripts refer to some recordings and meetings: a query with the columns kind ('recording' or 'meeting'), id and
 * transcript_id, each once. `owners` is the name of a table of a WITH that has kind and id.
 */
export const referrersOf = (owners: SQL): SQL =>
  references(({ kind, id }) => sql`join ${owners} owner on owner.kind = ${kind} and owner.id = ${id}`);

/**
 * The recordings and meetings that transcripts refer to: a query with the columns transcript_id, kind and id, each once.
 * `wanted` is a query with the ids of the transcripts.
 */
export const ownersOf = (wanted: SQL): SQL =>
  references(({ id }) => sql`where t.id in (${wanted}) and ${id} is not null`);

/**
 * All recordings and meetings with the transcripts that refer to each: columns kind, id and transcript_id. Those to which none does
 * have one row with NULL.
 */
export const UNIT_REFERENCES = sql`
  select unit.kind, unit.id, reference.transcript_id
  from (select 'recording' as kind, id from recordings union all select 'meeting', id from meetings) unit
  left join (${references(({ id }) => sql`where ${id} is not null`)}) reference
    on reference.kind = unit.kind and reference.id = unit.id`;

/** Whose a file is, as kind and id; `file` names a row of anonymous_files. */
export const ownerOfFile = (file: SQL): { kind: SQL; id: SQL } => ({
  kind: sql`case when ${file}.transcript_id is not null then 'transcript'
    when ${file}.recording_id is not null then 'recording' else 'meeting' end`,
  id: sql`coalesce(${file}.transcript_id, ${file}.recording_id, ${file}.meeting_id)`,
});
