import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { CLAIMED_COLUMNS, type ClaimedRow, claimsOf } from './file-states';
import type { Claim, Finished, Plan, PlanTotals } from './source';
import { inNumbers } from './sql-lists';

/** Submissions that have lost their last artifact say so. */
export async function finish(
  tx: Transaction,
  { policyVersion }: Plan,
  artifactIds: readonly number[],
  now: Date,
): Promise<Finished> {
  if (artifactIds.length === 0) return { counts: { submissionsDeleted: 0 }, gone: [] };
  const finished = await tx.execute(sql`
    update submissions s
    set is_artifact_deleted = true, artifact_deletion_date = ${now.toISOString()}::timestamptz,
      retention_policy_applied = ${policyVersion}
    where s.id in (select a.submission_id from artifacts a where ${inNumbers(sql`a.id`, artifactIds)})
      and not s.is_artifact_deleted
      and not exists (select from artifacts left_over where left_over.submission_id = s.id and left_over.state <> 'deleted')
    returning s.id`);
  // A submission keeps its row.
  return { counts: { submissionsDeleted: finished.length }, gone: [] };
}

interface SubmissionRow extends ClaimedRow {
  submission_id: string;
  challenge_id: number;
  consent_event_id: string;
  notice_id: string;
}

/** The claims of the run, put together again from the artifacts and from the plan under which they were made. */
export async function unsettledClaims(db: Queryable, runId: string, planId: string): Promise<Claim[]> {
  const rows = await db.execute<SubmissionRow>(sql`
    select ${CLAIMED_COLUMNS}, false as may_be_absent,
      file.submission_id, item.challenge_id, item.consent_event_id, item.notice_id
    from artifacts file
    join plan_items item
      on item.plan_id = ${planId}::uuid and item.submission_id = file.submission_id and item.artifact_id = file.id
    where file.state = 'deleting' and file.claimed_by_run = ${runId}::uuid
    order by file.storage_key, file.id`);
  return claimsOf(rows, (row) => ({
    artifactId: Number(row.artifact_id),
    submissionId: Number(row.submission_id),
    challengeId: row.challenge_id,
    kind: row.kind,
    consentEventId: row.consent_event_id,
    noticeId: row.notice_id,
  }));
}

export async function planTotals(tx: Transaction, planId: string): Promise<PlanTotals> {
  const [row] = await tx.execute<Record<string, string>>(sql`
    select count(distinct challenge_id) filter (where will_delete) as challenges,
      count(distinct submission_id) filter (where will_delete) as submissions,
      count(distinct submission_id) filter (where not will_delete) as held_back
    from plan_items where plan_id = ${planId}::uuid`);
  return {
    challenges: Number(row?.challenges ?? 0),
    submissions: Number(row?.submissions ?? 0),
    heldBackSubmissions: Number(row?.held_back ?? 0),
    transcripts: 0,
    recordings: 0,
    meetings: 0,
    heldBackTranscripts: 0,
  };
}
