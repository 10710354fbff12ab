import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type NoticeRecipient, noticeState } from '@/db/schema/notices';
import { refuse } from '@/lib/audit/record';
import { can, canSeeChallenge, HOST_STATUSES } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';

const input = z.strictObject({
  challengeId: idField.optional(),
  state: z
    .enum(noticeState.enumValues, { error: `use one of ${noticeState.enumValues.join(', ')}` })
    .optional(),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export interface NoticeRow {
  id: string;
  challengeId: number;
  challengeTitle: string;
  state: (typeof noticeState.enumValues)[number];
  createdAt: Date;
  /** When the first host's mail was accepted; NULL unless state is 'sent'. */
  sentAt: Date | null;
  recipients: NoticeRecipient[];
  subject: string;
  /** Why it failed; NULL unless state is 'failed'. */
  error: string | null;
  attempts: number;
  /** A failed one is not tried again before this instant. */
  nextAttemptAt: Date | null;
  submissions: number;
  /** NULL when it names nothing. */
  announcedDate: Date | null;
  /** Whether it was sent under the consent that the challenge has now; others do not count. */
  underCurrentConsent: boolean;
}

/**
 * Notices, the newest first: admins and auditors see all, hosts those of their challenges. Throws 'forbidden' (which leaves
 * an audit event) for a challenge that is not one's own, 'invalid'.
 */
export async function listNotices(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ notices: NoticeRow[]; nextCursor: string | null }> {
  const filter = parse(input, args);
  const { challengeId } = filter;
  if (challengeId !== undefined && !(await canSeeChallenge(ctx.db, ctx.actor, challengeId))) {
    return refuse(ctx, { target: `challenge:${challengeId}` }, 'Only its team may see this challenge.');
  }
  const where = sql.join([await visible(ctx), ...conditions(filter)], sql` and `);
  const rows = await ctx.db.execute<Row>(sql`
    select n.id, n.challenge_id, c.title, n.state, n.created_at, n.sent_at, n.recipients, n.subject, n.error,
      n.attempts, n.next_attempt_at, n.consent_event_id is not distinct from c.consent_event_id as current,
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
    limit ${filter.limit + 1}`);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.cursor_at, id: last.id }) : null;
  return { notices: page.map(toNotice), nextCursor };
}

async function visible(ctx: Context): Promise<SQL> {
  const { actor } = ctx;
  if (can(actor, 'challenges.read-all')) return sql`true`;
  if (actor.type !== 'user') return refuse(ctx, {}, 'Sign in to see the notices.');
  const statuses = sql.join(
    HOST_STATUSES.map((status) => sql`${status}::member_status`),
    sql`, `,
  );
  return sql`c.creator_team_id in (
    select team_id from host_team_members where person_id = ${actor.personId} and status in (${statuses}))`;
}

function conditions(filter: z.output<typeof input>): SQL[] {
  const list: SQL[] = [];
  if (filter.challengeId !== undefined) list.push(sql`n.challenge_id = ${filter.challengeId}`);
  if (filter.state) list.push(sql`n.state = ${filter.state}`);
  if (filter.cursor !== undefined) {
    const { at, id } = decodeCursor(filter.cursor);
    list.push(sql`(n.created_at, n.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  return list;
}

const toDate = (text: string | null) => (text === null ? null : new Date(text));

function toNotice(row: Row): NoticeRow {
  return {
    id: row.id,
    challengeId: row.challenge_id,
    challengeTitle: row.title,
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
  };
}

interface Row extends Record<string, unknown> {
  id: string;
  challenge_id: number;
  title: string;
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
