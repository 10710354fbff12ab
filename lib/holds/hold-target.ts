import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { challengePhases, submissions } from '@/db/schema/challenges';
import { notFound } from '@/lib/platform/errors';
import { bigIdField, idField } from '@/lib/platform/fields';

/** What a hold stands on: exactly one thing. */
export const holdTarget = z.union(
  [
    z.strictObject({ challengeId: idField }),
    z.strictObject({ phaseId: idField }),
    z.strictObject({ submissionId: bigIdField }),
  ],
  { error: 'name exactly one challenge, phase or submission, by the whole number that is its id' },
);
export type HoldTarget = z.output<typeof holdTarget>;

/** As the audit log names it. */
export function targetKey(target: HoldTarget): string {
  if ('challengeId' in target) return `challenge:${target.challengeId}`;
  if ('phaseId' in target) return `phase:${target.phaseId}`;
  return `submission:${target.submissionId}`;
}

/** The challenge that the target belongs to, which never changes. Throws 'not_found'; for a challenge itself the lock does. */
export async function challengeOf(db: Queryable, target: HoldTarget): Promise<number> {
  if ('challengeId' in target) return target.challengeId;
  if ('phaseId' in target) {
    const [phase] = await db
      .select({ challengeId: challengePhases.challengeId })
      .from(challengePhases)
      .where(eq(challengePhases.id, target.phaseId));
    if (!phase) throw notFound(`There is no phase ${target.phaseId}.`);
    return phase.challengeId;
  }
  const [submission] = await db
    .select({ challengeId: challengePhases.challengeId })
    .from(submissions)
    .innerJoin(challengePhases, eq(challengePhases.id, submissions.phaseId))
    .where(eq(submissions.id, target.submissionId));
  if (!submission) throw notFound(`There is no submission ${target.submissionId}.`);
  return submission.challengeId;
}

/** Distinct objects of the target that a run has committed to deleting already: a hold comes too late for them. */
export async function filesBeingDeleted(db: Queryable, target: HoldTarget): Promise<number> {
  const condition =
    'challengeId' in target
      ? sql`p.challenge_id = ${target.challengeId}`
      : 'phaseId' in target
        ? sql`p.id = ${target.phaseId}`
        : sql`s.id = ${target.submissionId}`;
  const [row] = await db.execute<{ files: number }>(sql`
    select count(distinct a.storage_key)::int as files
    from challenge_phases p
    join submissions s on s.phase_id = p.id
    join artifacts a on a.submission_id = s.id and a.state = 'deleting'
    where ${condition}`);
  return row?.files ?? 0;
}
