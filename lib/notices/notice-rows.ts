import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { NoticeRecipient, noticeState } from '@/db/schema/notices';
import { notFound } from '@/lib/platform/errors';

export interface NoticeRow {
  id: string;
  challengeId: number;
  challengeTitle: string;
  /** The consent under which it was prepared. */
  consentEventId: string;
  state: (typeof noticeState.enumValues)[number];
  createdAt: Date;
  /** When the first host's mail was accepted; NULL unless state is 'sent'. */
  sentAt: Date | null;
  recipients: NoticeRecipient[];
  subject: string;
  /** Why it failed; NULL unless state is 'failed'. */
  error: string | null;
  attempts: number;
  /** It is not tried again before this instant: a failed one as a whole, a sent one where it was refused. */
  nextAttemptAt: Date | null;
  submissions: number;
  /** NULL when it names nothing. */
  announcedDate: Date | null;
  /** Whether it was sent under the consent that the challenge has now; others do not count. */
  underCurrentConsent: boolean;
}

/**
 * The notices for which `where` holds, the newest first; it may name n (notices) and c (challenges). `cursorAt` is the
 * exact instant of creation, with microseconds.
 */
export async function readNoticeRows(
  db: Queryable,
  where: SQL,
  limit: number,
): Promise<(NoticeRow & { cursorAt: string })[]> {
  const rows = await db.execute<Row>(sql`
    select n.id, n.challenge_id, c.title, n.consent_event_id, n.state, n.created_at, n.sent_at, n.recipients, n.subject,
      n.error, n.attempts, n.next_attempt_at,
      c.retention_policy_consent and n.consent_event_id is not distinct from c.consent_event_id as current,
      items.submissions, items.announced_date,
      to_char(n.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from notices n
    join challenges c on c.id = n.challenge_id
    left join lateral (
      select count(*)::int as submissions, min(announced_date) as announced_date
      from notice_items where notice_id = n.id
    ) items on true
    where ${where}
    order by n.created_at desc, n.id desc
    limit ${limit}`);
  return rows.map(toNotice);
}

function toNotice(row: Row) {
  return {
    id: row.id,
    challengeId: row.challenge_id,
    challengeTitle: row.title,
    consentEventId: row.consent_event_id,
    state: row.state,
    createdAt: new Date(row.created_at),
    sentAt: toDate(row.sent_at),
    recipients: row.recipients,
    subject: row.subject,
    error: row.error,
    attempts: row.attempts,
    nextAttemptAt: toDate(row.next_attempt_at),
    submissions: row.submissions,
    announcedDate: toDate(row.announced_date),
    underCurrentConsent: row.current,
    cursorAt: row.cursor_at,
  };
}

/** In the same words whether it is there or not: a host must not learn of others' notices. */
export const noSuchNotice = () => notFound('There is no such notice among those that you may see.');

const toDate = (text: string | null) => (text === null ? null : new Date(text));

interface Row extends Record<string, unknown> {
  id: string;
  challenge_id: number;
  title: string;
  consent_event_id: string;
  state: NoticeRow['state'];
  created_at: string;
  sent_at: string | null;
  recipients: NoticeRecipient[];
  subject: string;
  error: string | null;
  attempts: number;
  next_attempt_at: string | null;
  current: boolean;
  submissions: number;
  announced_date: string | null;
  cursor_at: string;
}
