import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { ChallengeFacts } from './challenge-facts';
import { type Direction, NEXT_DATE, orderOf, type Sort } from './challenge-order';
import type { Cursor } from './cursor';
import { phaseStandings } from './submission-standings';

/** A challenge with the facts of its state. */
export interface ChallengeRow {
  id: number;
  title: string;
  teamName: string;
  facts: ChallengeFacts;
  /** The value of the sort key, as the cursor of the next page needs it. */
  key: string | null;
}

export interface RowsQuery {
  /** A condition on `challenges c`. */
  where: SQL;
  sort: Sort;
  direction: Direction;
  after: Cursor | null;
  limit: number;
  now: Date;
}

/**
 * At most `limit` challenges in their order, with the facts of their states, in one statement: first the page is
 * chosen, then everything is counted for these challenges alone.
 */
export async function challengeRows(db: Queryable, query: RowsQuery): Promise<ChallengeRow[]> {
  const order = orderOf(query.sort, query.direction);
  const after = query.after ? order.after(query.after) : sql`true`;
  const rows = await db.execute<Row>(sql`
    with page as materialized (
      select c.*, team.team_name, ${order.key}::text as sort_key,
        row_number() over (order by ${order.by}) as position
      from challenges c
      join host_teams team on team.id = c.creator_team_id
      ${query.sort === 'next' ? NEXT_DATE : sql``}
      where (${query.where}) and (${after})
      order by ${order.by}
      limit ${query.limit}
    )
    select page.id, page.title, page.team_name, page.sort_key,
      page.use_host_credentials, page.vanished_at is not null as vanished, page.disabled,
      consent.id is not null as consent,
      exists (select from holds h where h.challenge_id = page.id and h.released_at is null) as held_whole,
      phases.blocked, phases.open_ended, phases.latest_end,
      coalesce(counts.submissions, 0) as submissions, coalesce(counts.deleted, 0) as deleted,
      coalesce(counts.held, 0) as held, coalesce(counts.active, 0) as active,
      coalesce(counts.dated, 0) as dated, coalesce(counts.due, 0) as due,
      counts.next_date, counts.last_deleted_at,
      announcement.sent_at as announced_at, coalesce(last_notice.state = 'failed', false) as notice_failed,
      coalesce(unsettled.deleting, 0) as files_deleting, coalesce(unsettled.failed, 0) as files_failed,
      coalesce(unsettled.partly, false) as partly_deleted
    from page
    left join lateral (
      select e.id from consent_events e
      where page.retention_policy_consent and e.id = page.consent_event_id and e.challenge_id = page.id
        and e.action = 'given'
        and e.sequence = (select max(last.sequence) from consent_events last where last.challenge_id = page.id)
    ) consent on true
    left join lateral (
      select
        count(*) filter (where p.is_public and p.end_date <= ${at(query.now)})::int as blocked,
        count(*) filter (where p.end_date is null)::int as open_ended,
        max(p.end_date) as latest_end
      from challenge_phases p where p.challenge_id = page.id
    ) phases on true
    left join (${submissionCounts(query.now)}) counts on counts.challenge_id = page.id
    left join (${UNSETTLED_FILES}) unsettled on unsettled.challenge_id = page.id
    left join lateral (
      select n.sent_at from notices n
      where n.challenge_id = page.id and n.state = 'sent' and n.consent_event_id = consent.id
        and exists (select from notice_items item where item.notice_id = n.id and item.announced_date = counts.next_date)
      order by n.sent_at desc limit 1
    ) announcement on true
    left join lateral (
      select n.state from notices n
      where n.challenge_id = page.id and n.consent_event_id = consent.id
      order by n.created_at desc, n.id desc limit 1
    ) last_notice on true
    order by page.position
  `);
  return rows.map(toChallengeRow);
}

const at = (instant: Date) => sql`${instant.toISOString()}::timestamptz`;

function submissionCounts(now: Date): SQL {
  return sql`
    select challenge_id, sum(submissions)::int as submissions, sum(deleted)::int as deleted, sum(held)::int as held,
      sum(active)::int as active, sum(dated)::int as dated, sum(due)::int as due,
      min(next_date) as next_date, max(last_deleted_at) as last_deleted_at
    from (${phaseStandings(sql`p.challenge_id in (select id from page)`, now)}) standing
    group by challenge_id`;
}

/** Files on their way out, or stuck there: few at any time, and found by an index of their own. */
const UNSETTLED_FILES = sql`
  select p.challenge_id,
    count(*) filter (where a.state = 'deleting')::int as deleting,
    count(*) filter (where a.state = 'failed')::int as failed,
    bool_or(a.state = 'failed' and exists (
      select from artifacts gone where gone.submission_id = a.submission_id and gone.state = 'deleted'
    )) as partly
  from artifacts a
  join submissions s on s.id = a.submission_id
  join challenge_phases p on p.id = s.phase_id
  where a.state in ('deleting', 'failed')
  group by p.challenge_id`;

interface Row extends Record<string, unknown> {
  id: number;
  title: string;
  team_name: string;
  sort_key: string | null;
  use_host_credentials: boolean;
  vanished: boolean;
  disabled: boolean;
  consent: boolean;
  held_whole: boolean;
  blocked: number;
  open_ended: number;
  latest_end: string | null;
  submissions: number;
  deleted: number;
  held: number;
  active: number;
  dated: number;
  due: number;
  next_date: string | null;
  last_deleted_at: string | null;
  announced_at: string | null;
  notice_failed: boolean;
  files_deleting: number;
  files_failed: number;
  partly_deleted: boolean;
}

function toChallengeRow(row: Row): ChallengeRow {
  return {
    id: row.id,
    title: row.title,
    teamName: row.team_name,
    key: row.sort_key,
    facts: {
      useHostCredentials: row.use_host_credentials,
      vanished: row.vanished,
      disabled: row.disabled,
      consent: row.consent,
      heldWhole: row.held_whole,
      submissions: row.submissions,
      deleted: row.deleted,
      held: row.held,
      active: row.active,
      dated: row.dated,
      due: row.due,
      nextDate: toDate(row.next_date),
      announcedAt: toDate(row.announced_at),
      noticeFailed: row.notice_failed,
      filesDeleting: row.files_deleting,
      filesFailed: row.files_failed,
      partlyDeleted: row.partly_deleted,
      lastDeletedAt: toDate(row.last_deleted_at),
      phasesBlocked: row.blocked,
      phasesOpenEnded: row.open_ended,
      latestPhaseEnd: toDate(row.latest_end),
    },
  };
}

/** Times come from raw statements as text. */
export const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text));
