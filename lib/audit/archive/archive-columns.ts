import { ENCODING_VERSION, SEALED_FIELDS, type SealedFields } from '../seal/encoding';

/** A column of an archive: how Postgres gives it to COPY, what it is in Parquet, and how it is read as it was sealed. */
interface ArchiveColumn {
  name: string;
  /** The field of the canonical encoding; null for its place in the tree. */
  field: keyof SealedFields | null;
  /** Of the event `e`, in Postgres; `segment` and `leaf` stand beside it. */
  fromPostgres: string;
  type: 'BIGINT' | 'INTEGER' | 'VARCHAR' | 'UUID' | 'TIMESTAMP';
}

const text = (name: string, field: keyof SealedFields): ArchiveColumn => ({
  name,
  field,
  fromPostgres: `e.${name}::text`,
  type: 'VARCHAR',
});

/** Without a zone, in UTC, with microseconds; in ISO 8601, as every connection of db/client is told. */
const instant = (name: string, field: keyof SealedFields): ArchiveColumn => ({
  name,
  field,
  // to_char would take as long as all other columns together.
  fromPostgres: `e.${name} at time zone 'UTC'`,
  type: 'TIMESTAMP',
});

/** The columns of an archive, in their order; a change of them is a new version of the manifest. */
export const ARCHIVE_COLUMNS: readonly ArchiveColumn[] = [
  { name: 'segment', field: null, fromPostgres: 'segment', type: 'BIGINT' },
  { name: 'leaf', field: null, fromPostgres: 'leaf', type: 'INTEGER' },
  text('stream', 'stream'),
  { name: 'id', field: 'id', fromPostgres: 'e.id', type: 'UUID' },
  instant('time_started', 'timeStarted'),
  instant('time_completed', 'timeCompleted'),
  text('result', 'result'),
  text('action', 'action'),
  text('actor', 'actor'),
  text('actor_details', 'actorDetails'),
  text('target', 'target'),
  text('old_value', 'oldValue'),
  text('new_value', 'newValue'),
  text('reason', 'reason'),
  text('error', 'error'),
];

/** A column as the canonical encoding writes it, in DuckDB's SQL. */
export function asSealed({ name, type }: ArchiveColumn): string {
  switch (type) {
    case 'BIGINT':
    case 'INTEGER':
      return `${name}::double`;
    case 'UUID':
      return `${name}::varchar`;
    case 'TIMESTAMP':
      return `strftime(${name}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
    case 'VARCHAR':
      return name;
  }
}

/**
 * What is hashed of an event for its leaf (RFC 6962, 2.1), in DuckDB's SQL: a zero byte and the canonical encoding as
 * lib/audit/seal/encoding.ts has it. Put together where the rows are, since to read all their columns into this process would
 * take several times as long; so would a chain of ||, which copies the text at each of them. Hashed here: DuckDB takes twice as
 * long for it, and to hand over a hash takes as long as to hand over its text.
 */
export const LEAF_TEXT = `concat(chr(0), '${ENCODING_VERSION}', chr(10), ${SEALED_FIELDS.map(encodedField).join(', ')})`;

function encodedField(name: keyof SealedFields): string {
  const column = ARCHIVE_COLUMNS.find(({ field }) => field === name);
  if (!column) throw new Error(`an archive has no column for ${name}`);
  const text = asSealed(column);
  return `coalesce(strlen(${text})::varchar || ':', '-'), ${text}, chr(10)`;
}
