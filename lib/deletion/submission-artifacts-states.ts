import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import type { Claim, Failure } from './source';
import { asRecords, inNumbers } from './sql-lists';

/* The states of artifacts, as db/schema/challenges.ts tells them; each change is one statement for a whole batch. */

const UNCLAIMED = sql`claimed_by_run = null, claim_id = null, claimed_at = null, claimed_size_bytes = null,
  claimed_etag = null, claimed_version_id = null`;

export async function markClaimed(
  tx: Transaction,
  runId: string,
  claims: readonly Claim[],
  now: Date,
): Promise<void> {
  const rows = claims.flatMap((claim) =>
    claim.subjects.map(({ artifactId }) => ({
      id: artifactId,
      claim: claim.claimId,
      size: claim.sizeBytes,
      etag: claim.etag,
      version: claim.versionId,
    })),
  );
  await tx.execute(sql`
    update artifacts
    set state = 'deleting', claimed_by_run = ${runId}::uuid, claim_id = claimed.claim, claimed_at = ${now.toISOString()}::timestamptz,
      claimed_size_bytes = claimed.size, claimed_etag = claimed.etag, claimed_version_id = claimed.version
    from jsonb_to_recordset(${asRecords(rows)})
      as claimed(id bigint, claim uuid, size bigint, etag text, version text)
    where artifacts.id = claimed.id`);
}

export async function markDeleted(
  tx: Transaction,
  gone: readonly { artifactIds: number[]; receiptId: string }[],
  policyVersion: string,
  now: Date,
): Promise<number> {
  const rows = gone.flatMap(({ artifactIds, receiptId }) => artifactIds.map((id) => ({ id, receiptId })));
  if (rows.length === 0) return 0;
  await tx.execute(sql`
    update artifacts
    set state = 'deleted', receipt_id = gone."receiptId", last_error = null, next_attempt_at = null
    from jsonb_to_recordset(${asRecords(rows)}) as gone(id bigint, "receiptId" uuid)
    where artifacts.id = gone.id`);
  const ids = rows.map(({ id }) => id);
  const finished = await tx.execute(sql`
    update submissions s
    set is_artifact_deleted = true, artifact_deletion_date = ${now.toISOString()}::timestamptz,
      retention_policy_applied = ${policyVersion}
    where s.id in (select a.submission_id from artifacts a where ${inNumbers(sql`a.id`, ids)})
      and not s.is_artifact_deleted
      and not exists (select from artifacts left_over where left_over.submission_id = s.id and left_over.state <> 'deleted')
    returning s.id`);
  return finished.length;
}

export async function markFailed(tx: Transaction, failures: readonly Failure[]): Promise<void> {
  const rows = failures.flatMap(({ artifactIds, error, nextAttemptAt, keepsClaim: keep }) =>
    artifactIds.map((id) => ({ id, error, next: nextAttemptAt.toISOString(), keep })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    update artifacts
    set state = case when failure.keep then state else 'failed' end, attempts = attempts + 1, last_error = failure.error, next_attempt_at = failure.next
    from jsonb_to_recordset(${asRecords(rows)}) as failure(id bigint, error text, next timestamptz, keep boolean)
    where artifacts.id = failure.id`);
}

export async function putBack(tx: Transaction, artifactIds: readonly number[]): Promise<void> {
  if (artifactIds.length === 0) return;
  await tx.execute(sql`
    update artifacts
    set state = case when attempts > 0 then 'failed'::artifact_state else 'present'::artifact_state end,
      ${UNCLAIMED}
    where ${inNumbers(sql`id`, artifactIds)} and state = 'deleting'`);
}

export async function startAfresh(tx: Transaction, artifactIds: readonly number[]): Promise<void> {
  if (artifactIds.length === 0) return;
  await tx.execute(sql`
    update artifacts
    set state = 'present', attempts = 0, last_error = null, next_attempt_at = null, ${UNCLAIMED}
    where ${inNumbers(sql`id`, artifactIds)} and state = 'deleting'`);
}

export async function correctSizes(
  tx: Transaction,
  sizes: readonly { storageKey: string; sizeBytes: number }[],
): Promise<void> {
  if (sizes.length === 0) return;
  await tx.execute(sql`
    update artifacts set size_bytes = actual."sizeBytes"
    from jsonb_to_recordset(${asRecords(sizes)}) as actual("storageKey" text, "sizeBytes" bigint)
    where artifacts.storage_key = actual."storageKey" and artifacts.state <> 'deleted'`);
}

interface ClaimedRow extends Record<string, unknown> {
  artifact_id: string;
  submission_id: string;
  challenge_id: number;
  kind: string;
  storage_key: string;
  attempts: number;
  claim_id: string | null;
  claimed_at: string | null;
  size: string | null;
  etag: string | null;
  version: string | null;
  consent_event_id: string;
  notice_id: string;
}

/** The claims of the run, put together again from the artifacts and from the plan under which they were made. */
export async function unsettledClaims(db: Queryable, runId: string, planId: string): Promise<Claim[]> {
  const rows = await db.execute<ClaimedRow>(sql`
    select a.id as artifact_id, a.submission_id, item.challenge_id, a.kind, a.storage_key, a.attempts,
      a.claim_id, a.claimed_at::text as claimed_at, a.claimed_size_bytes as size, a.claimed_etag as etag, a.claimed_version_id as version,
      item.consent_event_id, item.notice_id
    from artifacts a
    join plan_items item
      on item.plan_id = ${planId}::uuid and item.submission_id = a.submission_id and item.artifact_id = a.id
    where a.state = 'deleting' and a.claimed_by_run = ${runId}::uuid
    order by a.storage_key, a.id`);
  const claims = new Map<string, Claim>();
  for (const row of rows) {
    const claim = claims.get(row.storage_key) ?? {
      claimId: row.claim_id,
      claimedAt: row.claimed_at === null ? null : new Date(row.claimed_at),
      storageKey: row.storage_key,
      sizeBytes: row.size === null ? null : Number(row.size),
      etag: row.etag,
      versionId: row.version,
      attempts: row.attempts,
      subjects: [],
    };
    claim.subjects.push({
      artifactId: Number(row.artifact_id),
      submissionId: Number(row.submission_id),
      challengeId: row.challenge_id,
      kind: row.kind,
      consentEventId: row.consent_event_id,
      noticeId: row.notice_id,
    });
    claims.set(row.storage_key, claim);
  }
  return [...claims.values()];
}

export async function runsWithClaims(db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ run_id: string }>(sql`
    select distinct claimed_by_run as run_id from artifacts
    where state = 'deleting' and claimed_by_run is not null order by run_id`);
  return rows.map((row) => row.run_id);
}
