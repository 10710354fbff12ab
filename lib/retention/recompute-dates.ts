import { type SQL, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { retentionFacts } from './facts';

/**
 * Brings the stored dates of one challenge's submissions in line with the rule (E4, E5), inside the caller's
 * transaction, which must hold the challenge's row lock. Returns how many dates changed. Submissions whose artifacts are
 * gone keep the date under which they went.
 */
export async function recomputeChallengeDates(
  tx: Transaction,
  challengeId: number,
  now: Date,
): Promise<number> {
  return updateDates(tx, now, sql`c.id = ${challengeId} and not s.is_artifact_deleted`);
}

/** The same for the submissions of one page of challenges; `challengeIds` are at most some hundreds. */
export async function recomputeDatesOf(db: Queryable, challengeIds: number[], now: Date): Promise<number> {
  if (challengeIds.length === 0) return 0;
  const ids = sql.join(
    challengeIds.map((id) => sql`${id}::int`),
    sql`, `,
  );
  return updateDates(db, now, sql`c.id in (${ids}) and not s.is_artifact_deleted`);
}

/** The same for some submissions of one challenge, whose row lock the caller holds. */
export async function recomputeDatesOfSubmissions(
  tx: Transaction,
  submissionIds: readonly number[],
  now: Date,
): Promise<number> {
  if (submissionIds.length === 0) return 0;
  const ids = sql`${`{${submissionIds.join(',')}}`}::bigint[]`;
  return updateDates(tx, now, sql`s.id = any(${ids}) and not s.is_artifact_deleted`);
}

async function updateDates(db: Queryable, now: Date, where: SQL): Promise<number> {
  const result = await db.execute(sql`
    update submissions
    set retention_eligible_date = facts.computed_date
    from (${retentionFacts(now, where)}) facts
    where submissions.id = facts.submission_id
      and submissions.retention_eligible_date is distinct from facts.computed_date
  `);
  return (result as unknown as { count: number }).count;
}
