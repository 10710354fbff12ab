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
 * dated, due, next_date (of those that may go) and last_deleted_at. It groups before it joins, because it is asked over
 * every submission there is. `phases` is a condition on p (challenge_phases).
 */
export function phaseStandings(phases: SQL, now: Date): SQL {
  const active = sql`s.status in (${activeStatuses()})`;
  const free = sql`not s.is_artifact_deleted and on_submission.submission_id is null`;
  const dated = sql`${free} and not (${active}) and s.retention_eligible_date is not null`;
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
      select s.phase_id,
        count(*)::int as submissions,
        count(*) filter (where s.is_artifact_deleted)::int as deleted,
        count(*) filter (where not s.is_artifact_deleted and on_submission.submission_id is not null)::int as held,
        count(*) filter (where ${free} and ${active})::int as active,
        count(*) filter (where ${dated})::int as dated,
        count(*) filter (where ${dated} and s.retention_eligible_date <= ${now.toISOString()}::timestamptz)::int as due,
        min(s.retention_eligible_date) filter (where ${dated}) as next_date,
        max(s.artifact_deletion_date) as last_deleted_at
      from submissions s
      left join (${held('submission_id')}) on_submission on on_submission.submission_id = s.id
      where s.phase_id in (select p.id from challenge_phases p where ${phases})
      group by s.phase_id
    ) counted on counted.phase_id = phase.phase_id`;
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
