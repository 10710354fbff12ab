import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import { anonymousFacts } from './facts';
import type { AnonymousReason } from './reasons';
import { ownersOf, referrersOf } from './referrers';

/** A file of a transcript, or of its recording or its meeting. */
export interface AnonymousFile {
  id: number;
  /** Whose it is. */
  of: 'transcript' | 'recording' | 'meeting';
  kind: string;
  objectKey: string;
  location: 'local' | 'storage';
  /** Null: the one that Lapse is set up with. */
  bucketName: string | null;
  sizeBytes: number | null;
  state: 'present' | 'deleting' | 'deleted' | 'failed';
  lastError: string | null;
  /** No run tries again before this instant; null: any time. */
  nextAttemptAt: Date | null;
  receiptId: string | null;
}

/** Another transcript that refers to the same recording or meeting. */
export interface Sibling {
  id: string;
  name: string | null;
  shares: ('recording' | 'meeting')[];
  reason: AnonymousReason;
  mayGoFrom: Date | null;
}

/** A meeting that a transcript refers to, itself or by its recording. */
export interface OwnMeeting {
  id: string;
  /** Whether the platform has sent it. */
  isHere: boolean;
  roomName: string | null;
}

export interface MeetingConsent {
  id: string;
  meetingId: string;
  /** Null: somebody without an account. */
  userId: string | null;
  given: boolean;
  at: Date;
}

/** The first of a kind, as many as a page shows, and how many there are: whoever shows fewer says so. */
export interface FirstOf<T> {
  shown: T[];
  total: number;
}

const MOST = 200;

function firstOf<Row extends { total: number }, T>(rows: readonly Row[], read: (row: Row) => T): FirstOf<T> {
  return { shown: rows.map(read), total: rows[0]?.total ?? 0 };
}

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));
const only = (id: string) => sql`select ${id}::text`;

/** Of a transcript, its recording and its meetings, also what is gone; `failed` counts those that could not be deleted. */
export type TranscriptFiles = FirstOf<AnonymousFile> & { failed: number };

/** The first 200 files; what could not be deleted is among them, wherever it stands. */
export async function filesOfTranscript(db: Queryable, id: string): Promise<TranscriptFiles> {
  const rows = await db.execute<FileRow>(sql`
    with owned as materialized (${ownersOf(only(id))}),
    files as (
      select f.*, (count(*) over ())::int as total, (count(*) filter (where f.state = 'failed') over ())::int as failed
      from anonymous_files f
      where f.transcript_id = ${id} or f.recording_id in (select id from owned where kind = 'recording')
        or f.meeting_id in (select id from owned where kind = 'meeting')
      order by f.state = 'failed' desc, f.transcript_id, f.recording_id, f.id limit ${MOST}
    )
    select f.id, f.kind, f.object_key, f.location, f.bucket_name, f.size_bytes::text, f.state, f.last_error, f.receipt_id,
      f.total, f.failed, ${exactColumn(sql`f.next_attempt_at`)} as next_attempt_at,
      case when f.transcript_id is not null then 'transcript' when f.recording_id is not null then 'recording'
        else 'meeting' end as of
    from files f order by f.transcript_id, f.recording_id, f.id`);
  return { ...firstOf(rows, fileOf), failed: rows[0]?.failed ?? 0 };
}

const fileOf = (row: FileRow): AnonymousFile => ({
  id: Number(row.id),
  of: row.of,
  kind: row.kind,
  objectKey: row.object_key,
  location: row.location,
  bucketName: row.bucket_name,
  sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
  state: row.state,
  lastError: row.last_error,
  nextAttemptAt: date(row.next_attempt_at),
  receiptId: row.receipt_id,
});

interface FileRow extends Record<string, unknown> {
  id: string;
  of: AnonymousFile['of'];
  kind: string;
  object_key: string;
  location: AnonymousFile['location'];
  bucket_name: string | null;
  size_bytes: string | null;
  state: AnonymousFile['state'];
  last_error: string | null;
  next_attempt_at: string | null;
  receipt_id: string | null;
  total: number;
  failed: number;
}

/** The first 200 other transcripts that share its recording or a meeting, the oldest first, with what is decided about each. */
export async function siblingsOf(db: Queryable, id: string, now: Date): Promise<FirstOf<Sibling>> {
  const rows = await db.execute<SiblingRow>(sql`
    with owned as materialized (${ownersOf(only(id))}),
    others as materialized (
      select referrer.transcript_id, jsonb_agg(distinct referrer.kind order by referrer.kind desc) as shares,
        (count(*) over ())::int as total
      from (${referrersOf(sql`owned`)}) referrer join transcripts t on t.id = referrer.transcript_id
      where referrer.transcript_id <> ${id}
      group by referrer.transcript_id, t.created_at order by t.created_at, referrer.transcript_id limit ${MOST}
    )
    select t.id, coalesce(t.title, t.name) as name, others.shares, others.total, facts.reason,
      ${exactColumn(sql`facts.may_go_from`)} as may_go_from
    from others join transcripts t on t.id = others.transcript_id
    join (${anonymousFacts(now, sql`t.id in (select transcript_id from others)`)}) facts on facts.transcript_id = t.id
    order by t.created_at, t.id`);
  return firstOf(rows, (row) => ({
    id: row.id,
    name: row.name,
    shares: row.shares,
    reason: row.reason,
    mayGoFrom: date(row.may_go_from),
  }));
}

interface SiblingRow extends Record<string, unknown> {
  id: string;
  name: string | null;
  shares: Sibling['shares'];
  reason: AnonymousReason;
  may_go_from: string | null;
  total: number;
}

/** The meetings that a transcript refers to: its own and that of its recording, which may be another. */
export async function meetingsOf(db: Queryable, id: string): Promise<OwnMeeting[]> {
  const rows = await db.execute<{ id: string; is_here: boolean; room_name: string | null }>(sql`
    select owned.id, m.id is not null as is_here, m.room_name
    from (${ownersOf(only(id))}) owned left join meetings m on m.id = owned.id
    where owned.kind = 'meeting' order by owned.id`);
  return rows.map((row) => ({ id: row.id, isHere: row.is_here, roomName: row.room_name }));
}

/** The first 200 answers of people in its meetings, in the order of time. */
export async function consentsOf(db: Queryable, id: string): Promise<FirstOf<MeetingConsent>> {
  const rows = await db.execute<ConsentRow>(sql`
    select c.id, c.meeting_id, c.user_id, c.consent_given, ${exactColumn(sql`c.consent_timestamp`)} as at,
      (count(*) over ())::int as total
    from meeting_consents c
    where c.meeting_id in (select id from (${ownersOf(only(id))}) owned where kind = 'meeting')
    order by c.consent_timestamp, c.id limit ${MOST}`);
  return firstOf(rows, (row) => ({
    id: row.id,
    meetingId: row.meeting_id,
    userId: row.user_id,
    given: row.consent_given,
    at: new Date(row.at),
  }));
}

interface ConsentRow extends Record<string, unknown> {
  id: string;
  meeting_id: string;
  user_id: string | null;
  consent_given: boolean;
  at: string;
  total: number;
}
