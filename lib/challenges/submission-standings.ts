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
  const statuses = sql.join(
    ACTIVE_STATUSES.map((status) => sql`${status}::submission_status`),
    sql`, `,
  );
  return sql`
    select standing.*, not gone and date is not null and not held and not active and not stopped as may_go
    from (
      select s.id as submission_id, p.challenge_id, s.is_artifact_deleted as gone, s.retention_eligible_date as date,
        s.artifact_deletion_date as deleted_at,
        on_challenge.challenge_id is not null or on_phase.phase_id is not null
          or on_submission.submission_id is not null as held,
        s.status in (${statuses}) as active,
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

/** What active holds of one kind stand on. There are few, so they are hashed once. */
function held(column: 'challenge_id' | 'phase_id' | 'submission_id'): SQL {
  const target = sql.identifier(column);
  return sql`select distinct ${target} from holds where released_at is null and ${target} is not null`;
}
