import { type SQL, sql } from 'drizzle-orm';
import { ACTIVE_STATUSES } from '@/lib/retention/reasons';

/**
 * A query with one row a submission that says how it stands, from what is stored with it: cheap enough to be counted
 * over every submission there is. Whether it may go now is a stricter question, which lib/retention answers.
 *
 * Columns: submission_id, challenge_id, gone, date, deleted_at, held, active, stopped (its challenge is paused or not
 * managed), and may_go: not gone, with a date, and none of these. `where` narrows it and may name p (challenge_phases), s (submissions) and c (challenges).
 */
export function submissionStandings(where: SQL): SQL {
  return sql`
    select standing.*, not gone and date is not null and not held and not active and not stopped as may_go
    from (
      select s.id as submission_id, p.challenge_id, s.is_artifact_deleted as gone, s.retention_eligible_date as date,
        s.artifact_deletion_date as deleted_at,
        on_challenge.challenge_id is not null or on_phase.phase_id is not null
          or on_submission.submission_id is not null as held,
        s.status in (${activeStatuses()}) as active,
        c.use_host_credentials or c.disabled or c.vanished_at is not null as stopped
      from challenge_phases p
      join submissions s on s.phase_id = p.id
      join challenges c on c.id = p.challenge_id
      left join (${held('challenge_id')}) on_challenge on on_challenge.challenge_id = p.challenge_id
      left join (${held('phase_id')}) on_phase on on_phase.phase_id = p.id
      left join (${held('submission_id')}) on_submission on on_submission.submission_id = s.id
      where ${where}
    ) standing`;
}

/**
 * The same, counted for each phase: a query with the columns phase_id, challenge_id, submissions, deleted, held, active,
 * dated, due, next_date (of those that may go) and last_deleted_at. It is asked over every submission there is, so it
 * counts those that stand alike together first, which submissions_standing_idx gives in one go and in order; the few that
 * have a hold of their own are then moved to a group of theirs. `phases` is a condition on p (challenge_phases).
 */
export function phaseStandings(phases: SQL, now: Date): SQL {
  const keys = sql`s.is_artifact_deleted, s.retention_eligible_date, s.status`;
  const active = sql`status in (${activeStatuses()})`;
  const free = sql`not gone and not held`;
  const dated = sql`${free} and not (${active}) and date is not null`;
  return sql`
    select phase.phase_id, phase.challenge_id, counted.submissions, counted.deleted, counted.last_deleted_at,
      case when phase.held then counted.submissions - counted.deleted else counted.held end as held,
      case when phase.held then 0 else counted.active end as active,
      case when phase.held or phase.stopped then 0 else counted.dated end as dated,
      case when phase.held or phase.stopped then 0 else counted.due end as due,
      case when phase.held or phase.stopped then null else counted.next_date end as next_date
    from (
      select p.id as phase_id, p.challenge_id,
        c.use_host_credentials or c.disabled or c.vanished_at is not null as stopped,
        on_challenge.challenge_id is not null or on_phase.phase_id is not null as held
      from challenge_phases p
      join challenges c on c.id = p.challenge_id
      left join (${held('challenge_id')}) on_challenge on on_challenge.challenge_id = c.id
      left join (${held('phase_id')}) on_phase on on_phase.phase_id = p.id
      where ${phases}
    ) phase
    join (
      select phase_id,
        coalesce(sum(number), 0)::int as submissions,
        coalesce(sum(number) filter (where gone), 0)::int as deleted,
        coalesce(sum(number) filter (where not gone and held), 0)::int as held,
        coalesce(sum(number) filter (where ${free} and ${active}), 0)::int as active,
        coalesce(sum(number) filter (where ${dated}), 0)::int as dated,
        coalesce(sum(number) filter (where ${dated} and date <= ${now.toISOString()}::timestamptz), 0)::int as due,
        min(date) filter (where ${dated}) as next_date,
        max(deleted_at) as last_deleted_at
      from (
        select phase_id, gone, date, status, held, sum(number) as number, max(deleted_at) as deleted_at
        from (
          select p.id, same.*
          from challenge_phases p
          cross join lateral (
            select ${keys}, false, count(*), max(s.artifact_deletion_date)
            from submissions s where s.phase_id = p.id group by ${keys}
          ) same
          where ${phases}
          union all
          select s.phase_id, ${keys}, moved.held, moved.number, s.artifact_deletion_date
          from (${held('submission_id')}) own
          join submissions s on s.id = own.submission_id
          cross join (values (false, -1), (true, 1)) moved (held, number)
          where s.phase_id in (select p.id from challenge_phases p where ${phases})
        ) alike (phase_id, gone, date, status, held, number, deleted_at)
        group by phase_id, gone, date, status, held having sum(number) > 0
      ) alike
      group by phase_id
    ) counted on counted.phase_id = phase.phase_id`;
}

/**
 * A query with the columns challenge_id and next_date: for each challenge, the earliest date of those that may go, the
 * same as that of phaseStandings. It takes the first such submission of each phase from submissions_standing_idx and
 * looks at no other, so it is cheap enough to order all challenges there are.
 */
export function nextDates(): SQL {
  return sql`
    select p.challenge_id, min(first.date) as next_date
    from challenge_phases p
    join challenges c on c.id = p.challenge_id
    cross join lateral (
      select s.retention_eligible_date as date
      from submissions s
      where s.phase_id = p.id and not s.is_artifact_deleted and s.retention_eligible_date is not null
        and s.status not in (${activeStatuses()})
        and not exists (select from holds h where h.submission_id = s.id and h.released_at is null)
      order by s.retention_eligible_date
      limit 1
    ) first
    where not c.use_host_credentials and not c.disabled and c.vanished_at is null
      and p.challenge_id not in (${held('challenge_id')}) and p.id not in (${held('phase_id')})
    group by p.challenge_id`;
}

const activeStatuses = () =>
  sql.join(
    ACTIVE_STATUSES.map((status) => sql`${status}::submission_status`),
    sql`, `,
  );

/** What active holds of one kind stand on. There are few, so they are hashed once. */
function held(column: 'challenge_id' | 'phase_id' | 'submission_id'): SQL {
  const target = sql.identifier(column);
  return sql`select distinct ${target} from holds where released_at is null and ${target} is not null`;
}
