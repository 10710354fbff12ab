import { type SQL, sql } from 'drizzle-orm';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import { anonymousFacts, unitFacts } from './facts';
import { ANONYMOUS_REASONS, UNIT_REASONS } from './reasons';
import type { RecordKind } from './received';
import type { OwnerColumn } from './replace-files';

/**
 * The records of one kind as documents with the names of the REST API: columns id and document. `page` is the condition, the
 * order and the limit, and names the records `x`.
 */
export function selectRecords(kind: RecordKind, page: SQL, now: Date): SQL {
  const table = sql.identifier(kind === 'meeting-consents' ? 'meeting_consents' : kind);
  const columns = [...COLUMNS[kind], ...INSTANTS[kind]];
  const document = sql.join(
    columns.map((name) => sql`${sql.raw(`'${name}'`)}, ${shownColumn(kind, name)}`),
    sql`, `,
  );
  // The page is found first, and only what is on it is judged.
  return sql`
    with x as materialized (select x.* from ${table} x ${page})
    select x.id, jsonb_build_object(${document})${MORE[kind](now)} as document
    from x order by x.id`;
}

const COLUMNS: Record<RecordKind, readonly string[]> = {
  transcripts: [
    ...['id', 'name', 'title', 'user_id', 'status', 'source_kind', 'meeting_id', 'recording_id'],
    ...['audio_location', 'audio_deleted', 'duration'],
  ],
  recordings: ['id', 'bucket_name', 'object_key', 'status', 'meeting_id', 'track_keys'],
  meetings: ['id', 'room_name', 'daily_composed_video_s3_key'],
  'meeting-consents': ['id', 'meeting_id', 'user_id', 'consent_given'],
};

const INSTANTS: Record<RecordKind, readonly string[]> = {
  transcripts: ['created_at', 'received_at', 'updated_at'],
  recordings: ['recorded_at', 'received_at', 'updated_at'],
  meetings: ['start_date', 'end_date', 'received_at', 'updated_at'],
  'meeting-consents': ['consent_timestamp', 'received_at'],
};

function shownColumn(kind: RecordKind, name: string): SQL {
  const column = sql`x.${sql.identifier(name)}`;
  return INSTANTS[kind].includes(name) ? exactColumn(column) : column;
}

const MORE: Record<RecordKind, (now: Date) => SQL> = {
  transcripts: (now) => sql` || jsonb_build_object(
    'files', ${filesOf('transcript_id')},
    'retention', (
      select jsonb_build_object('reason', f.reason, 'why', ${wordsOf(ANONYMOUS_REASONS)} ->> f.reason,
        'may_go_from', ${exactColumn(sql`f.may_go_from`)})
      from (${anonymousFacts(now, sql`t.id = x.id`)}) f))`,
  recordings: (now) => unit('recording', 'recording_id', now),
  meetings: (now) => unit('meeting', 'meeting_id', now),
  'meeting-consents': () => sql``,
};

const unit = (
  kind: 'recording' | 'meeting',
  owner: OwnerColumn,
  now: Date,
): SQL => sql` || jsonb_build_object(
  'files', ${filesOf(owner)},
  'retention', (
    select jsonb_build_object('reason', f.reason, 'why', ${wordsOf(UNIT_REASONS)} ->> f.reason,
      'may_go_from', ${exactColumn(sql`f.may_go_from`)})
    from (${unitFacts(now, sql`select ${kind}::text as kind, x.id`)}) f))`;

const wordsOf = (words: Record<string, string>): SQL => sql`${JSON.stringify(words)}::text::jsonb`;

const filesOf = (owner: OwnerColumn): SQL => sql`coalesce((
  select jsonb_agg(jsonb_build_object('kind', f.kind, 'object_key', f.object_key, 'location', f.location,
    'bucket_name', f.bucket_name, 'size_bytes', f.size_bytes, 'state', f.state) order by f.id)
  from anonymous_files f where f.${sql.identifier(owner)} = x.id), '[]')`;
