import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import type { Claim, ClaimSubject, DeletionSource, Failure } from './source';
import { asRecords, inNumbers, inTexts } from './sql-lists';

/*
 * The states of files, as db/schema/challenges.ts tells them of artifacts; each change is one statement for a whole batch, the
 * same for every source.
 */

type Files = Pick<DeletionSource, 'files'>;

const UNCLAIMED = sql`claimed_by_run = null, claim_id = null, claimed_at = null, claimed_size_bytes = null,
  claimed_etag = null, claimed_version_id = null`;

/** Commits the intent: the files are 'deleting' from now on, each under the id of its claim. */
export async function markClaimed(
  { files }: Files,
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
    update ${files} file
    set state = 'deleting', claimed_by_run = ${runId}::uuid, claim_id = claimed.claim, claimed_at = ${now.toISOString()}::timestamptz,
      claimed_size_bytes = claimed.size, claimed_etag = claimed.etag, claimed_version_id = claimed.version
    from jsonb_to_recordset(${asRecords(rows)})
      as claimed(id bigint, claim uuid, size bigint, etag text, version text)
    where file.id = claimed.id`);
}

/** The objects are gone. */
export async function markDeleted(
  { files }: Files,
  tx: Transaction,
  gone: readonly { artifactIds: number[]; receiptId: string }[],
): Promise<void> {
  const rows = gone.flatMap(({ artifactIds, receiptId }) => artifactIds.map((id) => ({ id, receiptId })));
  if (rows.length === 0) return;
  await tx.execute(sql`
    update ${files} file
    set state = 'deleted', receipt_id = gone."receiptId", last_error = null, next_attempt_at = null
    from jsonb_to_recordset(${asRecords(rows)}) as gone(id bigint, "receiptId" uuid)
    where file.id = gone.id`);
}

export async function markFailed(
  { files }: Files,
  tx: Transaction,
  failures: readonly Failure[],
): Promise<void> {
  const rows = failures.flatMap(({ artifactIds, error, nextAttemptAt, keepsClaim: keep }) =>
    artifactIds.map((id) => ({ id, error, next: nextAttemptAt.toISOString(), keep })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    update ${files} file
    set state = case when failure.keep then state else 'failed' end, attempts = attempts + 1, last_error = failure.error, next_attempt_at = failure.next
    from jsonb_to_recordset(${asRecords(rows)}) as failure(id bigint, error text, next timestamptz, keep boolean)
    where file.id = failure.id`);
}

/** The claims are taken back, as if they had not been made. */
export async function putBack(
  { files }: Files,
  tx: Transaction,
  artifactIds: readonly number[],
): Promise<void> {
  if (artifactIds.length === 0) return;
  await tx.execute(sql`
    update ${files} file
    set state = case when attempts > 0 then 'failed'::artifact_state else 'present'::artifact_state end,
      ${UNCLAIMED}
    where ${inNumbers(sql`id`, artifactIds)} and state = 'deleting'`);
}

/**
 * Another object has the key: the claims are taken back, and failures of the object before it are forgotten, so that it is
 * not retried in its place.
 */
export async function startAfresh(
  { files }: Files,
  tx: Transaction,
  artifactIds: readonly number[],
): Promise<void> {
  if (artifactIds.length === 0) return;
  await tx.execute(sql`
    update ${files} file
    set state = 'present', attempts = 0, last_error = null, next_attempt_at = null, ${UNCLAIMED}
    where ${inNumbers(sql`id`, artifactIds)} and state = 'deleting'`);
}

/** An object with its size, as the store has it. */
export interface SizedObject {
  storageKey: string;
  sizeBytes: number;
}

/** Files that were deleted, and whose keys hold an object again: they are there, and for another run. */
export async function takeBack(
  source: Files,
  tx: Transaction,
  objects: readonly SizedObject[],
): Promise<void> {
  if (objects.length === 0) return;
  const keys = objects.map(({ storageKey }) => storageKey);
  await tx.execute(sql`
    update ${source.files} file
    set state = 'present', attempts = 0, last_error = null, next_attempt_at = null, receipt_id = null, ${UNCLAIMED}
    where ${inTexts(sql`file.storage_key`, keys)} and file.state = 'deleted'`);
  await correctSizes(source, tx, objects);
}

/** The sizes that the store has, where the rows said another one. */
export async function correctSizes(
  { files }: Files,
  tx: Transaction,
  sizes: readonly SizedObject[],
): Promise<void> {
  if (sizes.length === 0) return;
  await tx.execute(sql`
    update ${files} file set size_bytes = actual."sizeBytes"
    from jsonb_to_recordset(${asRecords(sizes)}) as actual("storageKey" text, "sizeBytes" bigint)
    where file.storage_key = actual."storageKey" and file.state <> 'deleted'`);
}

/** The runs that have left claims behind, those at work included. */
export async function runsWithClaims({ files }: Files, db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ run_id: string }>(sql`
    select distinct claimed_by_run as run_id from ${files}
    where state = 'deleting' and claimed_by_run is not null order by run_id`);
  return rows.map((row) => row.run_id);
}

/** A file that is claimed, with what its claim recorded. */
export interface ClaimedRow extends Record<string, unknown> {
  artifact_id: string;
  kind: string;
  storage_key: string;
  attempts: number;
  claim_id: string | null;
  claimed_at: string | null;
  size: string | null;
  etag: string | null;
  version: string | null;
  /** See Reference. */
  may_be_absent: boolean;
}

/** The columns of ClaimedRow but the last, of `file`. */
export const CLAIMED_COLUMNS = sql`file.id as artifact_id, file.kind, file.storage_key, file.attempts, file.claim_id,
  file.claimed_at::text as claimed_at, file.claimed_size_bytes as size, file.claimed_etag as etag,
  file.claimed_version_id as version`;

/** Puts claims together again, an object each. */
export function claimsOf<R extends ClaimedRow>(
  rows: readonly R[],
  subjectOf: (row: R) => ClaimSubject,
): Claim[] {
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
      mayBeAbsent: row.may_be_absent,
      subjects: [],
    };
    claim.subjects.push(subjectOf(row));
    claims.set(row.storage_key, claim);
  }
  return [...claims.values()];
}
