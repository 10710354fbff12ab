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

export interface MeetingConsent {
  id: string;
  meetingId: string;
  /** Null: somebody without an account. */
  userId: string | null;
  given: boolean;
  at: Date;
}

/** More of one kind nobody reads on one page. */
const MOST = 200;

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));
const only = (id: string) => sql`select ${id}::text`;

/** The files of a transcript, its recording and its meetings, also those that are gone; 200 at the most. */
export async function filesOfTranscript(db: Queryable, id: string): Promise<AnonymousFile[]> {
  const rows = await db.execute<FileRow>(sql`
    with owned as materialized (${ownersOf(only(id))})
    select f.id, f.kind, f.object_key, f.location, f.bucket_name, f.size_bytes::text, f.state, f.last_error, f.receipt_id,
      ${exactColumn(sql`f.next_attempt_at`)} as next_attempt_at,
      case when f.transcript_id is not null then 'transcript' when f.recording_id is not null then 'recording'
        else 'meeting' end as of
    from anonymous_files f
    where f.transcript_id = ${id} or f.recording_id in (select id from owned where kind = 'recording')
      or f.meeting_id in (select id from owned where kind = 'meeting')
    order by f.transcript_id, f.recording_id, f.id limit ${MOST}`);
  return rows.map((row) => ({
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
  }));
}

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
}

/** The other transcripts that share its recording or its meeting, with what is decided about each; 200 at the most. */
export async function siblingsOf(db: Queryable, id: string, now: Date): Promise<Sibling[]> {
  const rows = await db.execute<SiblingRow>(sql`
    with owned as materialized (${ownersOf(only(id))}),
    others as materialized (
      select transcript_id, jsonb_agg(distinct kind order by kind) as shares
      from (${referrersOf(sql`owned`)}) referrer where transcript_id <> ${id}
      group by transcript_id order by transcript_id limit ${MOST}
    )
    select t.id, coalesce(t.title, t.name) as name, others.shares, facts.reason,
      ${exactColumn(sql`facts.may_go_from`)} as may_go_from
    from others join transcripts t on t.id = others.transcript_id
    join (${anonymousFacts(now, sql`t.id in (select transcript_id from others)`)}) facts on facts.transcript_id = t.id
    order by t.created_at, t.id`);
  return rows.map((row) => ({
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
}

/** What people in its meetings agreed to, the first first; 200 at the most. */
export async function consentsOf(db: Queryable, id: string): Promise<MeetingConsent[]> {
  const rows = await db.execute<ConsentRow>(sql`
    select c.id, c.meeting_id, c.user_id, c.consent_given, ${exactColumn(sql`c.consent_timestamp`)} as at
    from meeting_consents c
    where c.meeting_id in (select id from (${ownersOf(only(id))}) owned where kind = 'meeting')
    order by c.consent_timestamp, c.id limit ${MOST}`);
  return rows.map((row) => ({
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
}
