import { type SQL, sql } from 'drizzle-orm';
import type { Database, Queryable } from '@/db/client';
import { addDays } from '@/lib/platform/clock';
import { retentionFacts } from '@/lib/retention/facts';
import { RETENTION_POLICY } from '@/lib/retention/policy';

/**
 * The submissions that hosts must be told of now (E16): their date is 14 days ahead or less, or passed already, nothing
 * but time and the notice keeps them, and no notice that counts has named this date. One row each: submission_id,
 * challenge_id, consent_event_id. `where` narrows it as in retentionFacts.
 */
export function dueForNotice(now: Date, where: SQL): SQL {
  const horizon = sql`${addDays(now, RETENTION_POLICY.daysAfterNotice).toISOString()}::timestamptz`;
  const due = sql`not s.is_artifact_deleted and s.retention_eligible_date <= ${horizon} and ${where}`;
  return sql`
    select submission_id, challenge_id, consent_event_id
    from (${retentionFacts(now, due)}) judged
    where reason in ('not-due', 'not-announced')
      and computed_date <= ${horizon}
      and announced_date is distinct from stored_date`;
}

/** The ids of the challenges that have such submissions, in order. */
export async function challengesDueForNotice(db: Database, now: Date): Promise<number[]> {
  const rows = await db.execute<{ challenge_id: number }>(
    sql`select distinct challenge_id from (${dueForNotice(now, sql`true`)}) due order by challenge_id`,
  );
  return rows.map((row) => row.challenge_id);
}

export interface AnnouncedFigures {
  submissions: number;
  /** Distinct objects that are still there. */
  files: number;
  /** Bytes of those of them whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
}

/** What the notice names, counted from its items; `items` narrows it to the submissions that this query gives. */
export async function announcedFigures(
  db: Queryable,
  noticeId: string,
  items: SQL = sql`select submission_id from notice_items where notice_id = ${noticeId}`,
): Promise<AnnouncedFigures> {
  const [row] = await db.execute<{ submissions: number; files: number; bytes: number; unknown: number }>(sql`
    with items as materialized (${items}),
    objects as (
      select a.storage_key, max(a.size_bytes) as size_bytes
      from artifacts a join items on items.submission_id = a.submission_id
      where a.state <> 'deleted'
      group by a.storage_key
    )
    select (select count(*)::int from items) as submissions, count(*)::int as files,
      coalesce(sum(size_bytes), 0)::float8 as bytes,
      (count(*) filter (where size_bytes is null))::int as unknown
    from objects`);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    submissions: row.submissions,
    files: row.files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
  };
}
