import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { HoldRow } from './hold-rows';

export interface OtherHold {
  id: string;
  matter: string;
  /** What it stands on: both null for the whole challenge. */
  phaseName: string | null;
  submissionId: number | null;
  /** Submissions that both holds keep. */
  submissions: number;
}

export interface OtherHolds {
  /** How many there are in all. */
  count: number;
  /** Those that keep the most of it; at most 20. */
  holds: OtherHold[];
  /** Active holds on the same challenge or anything of it: while there is one, the logs of its workers are kept too. */
  onChallenge: number;
}

const LISTED = 20;

/** Other active holds on submissions that this one keeps as well, and whose artifacts are not all gone. */
export async function otherHolds(db: Queryable, hold: HoldRow): Promise<OtherHolds> {
  const { challengeId, phaseId, submissionId } = hold;
  const rows = await db.execute<Row>(sql`
    with others as materialized (
      select h.id, h.matter, h.challenge_id, h.phase_id, h.submission_id, case when h.phase_id is not null then p.name end as phase_name
      from holds h
      left join submissions s on s.id = h.submission_id
      left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)
      where h.released_at is null and h.id <> ${hold.id}::uuid and coalesce(h.challenge_id, p.challenge_id) = ${challengeId}
    ),
    counted as (
      select o.id, o.matter, o.phase_name, o.submission_id::float8 as submission_id, both_keep.number
      from others o
      cross join lateral (
        select count(*)::int as number
        from submissions s join challenge_phases p on p.id = s.phase_id
        where p.challenge_id = ${challengeId}
          and (${phaseId}::int is null or p.id = ${phaseId}::int)
          and (${submissionId}::bigint is null or s.id = ${submissionId}::bigint)
          and (o.phase_id is null or p.id = o.phase_id)
          and (o.submission_id is null or s.id = o.submission_id)
          and not s.is_artifact_deleted
      ) both_keep
    )
    select (select count(*)::int from others) as on_challenge, counted.*,
      (count(counted.id) over ())::int as total
    from (select 1) one left join counted on counted.number > 0
    order by counted.number desc, counted.id
    limit ${LISTED}`);
  return {
    count: rows[0]?.total ?? 0,
    onChallenge: rows[0]?.on_challenge ?? 0,
    holds: rows.flatMap(({ id, matter, phase_name: phaseName, submission_id: submissionId, number }) =>
      id === null ? [] : [{ id, matter, phaseName, submissionId, submissions: number }],
    ),
  };
}

interface Row extends Record<string, unknown> {
  on_challenge: number;
  total: number;
  id: string | null;
  matter: string;
  phase_name: string | null;
  submission_id: number | null;
  number: number;
}
