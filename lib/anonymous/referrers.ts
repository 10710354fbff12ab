import { type SQL, sql } from 'drizzle-orm';

/**
 * The ways in which a transcript `t` refers to a recording or a meeting, which then stays as long as it does: to its recording, to
 * its meeting, and to that of its recording. Everybody who asks for references asks here.
 */
const WAYS: readonly Way[] = [
  { kind: sql`'recording'`, via: sql``, id: sql`t.recording_id`, anew: sql`` },
  { kind: sql`'meeting'`, via: sql``, id: sql`t.meeting_id`, anew: sql`` },
  {
    kind: sql`'meeting'`,
    via: sql`join recordings r on r.id = t.recording_id`,
    id: sql`r.meeting_id`,
    anew: sql`and r.meeting_id is distinct from t.meeting_id`,
  },
];

interface Way {
  kind: SQL;
  /** What has to be joined for it. */
  via: SQL;
  id: SQL;
  /** Leaves out what another way has said of the same transcript; a condition that begins with 'and'. */
  anew: SQL;
}

/** A query for each way, and one of all of them; `narrowed` follows in each, as a JOIN or a WHERE that an index serves. */
const references = (narrowed: (way: Way) => SQL): SQL =>
  sql.join(
    WAYS.map(
      (way) => sql`
        select t.id as transcript_id, ${way.kind} as kind, ${way.id} as id from transcripts t ${way.via} ${narrowed(way)}`,
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
 * All recordings and meetings with what is said of each transcript that refers to it: a query with kind, id, and `columns` of
 * `table` as t, which has the columns of transcripts for its references. A transcript that refers to a meeting itself
 * and by its recording is met once; what none refers to has one row with NULL in these columns.
 */
export const unitsWith = (table: SQL, columns: SQL): SQL => {
  const each = WAYS.map(
    ({ kind, via, id, anew }) => sql`
      select ${kind} as of_kind, ${id} as of_id, ${columns} from ${table} t ${via} where ${id} is not null ${anew}`,
  );
  return sql`
    select unit.*, reference.*
    from (select 'recording' as kind, id from recordings union all select 'meeting', id from meetings) unit
    left join (${sql.join(each, sql` union all `)}) reference
      on reference.of_kind = unit.kind and reference.of_id = unit.id`;
};

/** Whose a file is, as kind and id; `file` names a row of anonymous_files. */
export const ownerOfFile = (file: SQL): { kind: SQL; id: SQL } => ({
  kind: sql`case when ${file}.transcript_id is not null then 'transcript'
    when ${file}.recording_id is not null then 'recording' else 'meeting' end`,
  id: sql`coalesce(${file}.transcript_id, ${file}.recording_id, ${file}.meeting_id)`,
});
