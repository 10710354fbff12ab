import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { GoingFigures } from './challenge-facts';
import { submissionStandings } from './submission-standings';

export interface ChallengeFigures {
  /** Distinct objects that are still there. */
  files: number;
  /** Bytes of those of them whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
  /** What goes up to the asked instant; nothing when none was asked for. */
  going: GoingFigures;
}

export interface FiguresQuery {
  challengeId: number;
  /** Submissions whose date is not later count as going; null: none does. */
  goingUntil: Date | null;
}

const NOTHING: ChallengeFigures = {
  files: 0,
  bytes: 0,
  filesOfUnknownSize: 0,
  going: { submissions: 0, files: 0, bytes: 0 },
};

/**
 * Files and bytes of some challenges, in one statement. It reads every file of these challenges, so it is for a page of
 * them, not for all. Two artifacts on one object count once, and an object goes only when all of them do (E2).
 */
export async function challengeFigures(
  db: Queryable,
  queries: FiguresQuery[],
): Promise<(challengeId: number) => ChallengeFigures> {
  if (queries.length === 0) return () => NOTHING;
  const wanted = sql.join(
    queries.map(
      ({ challengeId, goingUntil }) =>
        sql`(${challengeId}::int, ${goingUntil?.toISOString() ?? null}::timestamptz)`,
    ),
    sql`, `,
  );
  const rows = await db.execute<Row>(sql`
    with wanted (challenge_id, until) as (values ${wanted}),
    subs as materialized (
      select standing.submission_id, standing.challenge_id,
        coalesce(standing.may_go and standing.date <= wanted.until, false) as going
      from wanted join lateral (
        ${submissionStandings(sql`p.challenge_id = wanted.challenge_id`)}
      ) standing on true
      where not standing.gone
    ),
    objects as (
      select subs.challenge_id, a.storage_key, max(a.size_bytes) as size, bool_and(subs.going) as going
      from subs join artifacts a on a.submission_id = subs.submission_id
      where a.state <> 'deleted'
      group by subs.challenge_id, a.storage_key
    ),
    going as (select challenge_id, count(*)::int as submissions from subs where going group by challenge_id)
    select objects.challenge_id,
      count(*)::int as files,
      coalesce(sum(size), 0)::float8 as bytes,
      count(*) filter (where size is null)::int as unknown,
      coalesce(max(going.submissions), 0)::int as going_submissions,
      count(*) filter (where objects.going)::int as going_files,
      coalesce(sum(size) filter (where objects.going), 0)::float8 as going_bytes
    from objects left join going using (challenge_id)
    group by objects.challenge_id
  `);
  const byId = new Map(rows.map((row) => [row.challenge_id, toFigures(row)]));
  return (challengeId) => byId.get(challengeId) ?? NOTHING;
}

interface Row extends Record<string, unknown> {
  challenge_id: number;
  files: number;
  bytes: number;
  unknown: number;
  going_submissions: number;
  going_files: number;
  going_bytes: number;
}

function toFigures(row: Row): ChallengeFigures {
  return {
    files: row.files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
    going: { submissions: row.going_submissions, files: row.going_files, bytes: row.going_bytes },
  };
}
