import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

/** What withdrawing consent now would keep, and what it comes too late for. */
export interface WithdrawingFigures {
  /** Submissions that have a date, which withdrawing clears. */
  pendingSubmissions: number;
  /** Distinct objects of theirs that are still there, and would stay. */
  files: number;
  /** Bytes of those of them whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
  /** Submissions whose artifacts are all gone. */
  deletedSubmissions: number;
  /** Distinct objects that are gone. */
  deletedFiles: number;
  /** Distinct objects that a run has committed to deleting: past the commit point, so they cannot be kept (L7). */
  deletingFiles: number;
}

/** Counts at this moment; the challenge must exist. */
export async function withdrawingFigures(db: Queryable, challengeId: number): Promise<WithdrawingFigures> {
  const [row] = await db.execute<{
    pending: number;
    deleted_submissions: number;
    files: number;
    bytes: number;
    unknown: number;
    deleted_files: number;
    deleting_files: number;
  }>(sql`
    with own as materialized (
      select s.id, s.is_artifact_deleted, s.retention_eligible_date is not null and not s.is_artifact_deleted as pending
      from submissions s join challenge_phases p on p.id = s.phase_id
      where p.challenge_id = ${challengeId}
    ),
    objects as (
      select a.storage_key, max(a.size_bytes) as size_bytes,
        bool_or(a.state = 'deleting') as deleting,
        bool_and(a.state = 'deleted') as deleted,
        bool_or(own.pending) as pending
      from artifacts a join own on own.id = a.submission_id
      group by a.storage_key
    )
    select
      (select count(*)::int from own where pending) as pending,
      (select count(*)::int from own where is_artifact_deleted) as deleted_submissions,
      count(*) filter (where pending and not deleting and not deleted)::int as files,
      coalesce(sum(size_bytes) filter (where pending and not deleting and not deleted), 0)::float8 as bytes,
      count(*) filter (where pending and not deleting and not deleted and size_bytes is null)::int as unknown,
      count(*) filter (where deleted)::int as deleted_files,
      count(*) filter (where deleting)::int as deleting_files
    from objects
  `);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    pendingSubmissions: row.pending,
    files: row.files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
    deletedSubmissions: row.deleted_submissions,
    deletedFiles: row.deleted_files,
    deletingFiles: row.deleting_files,
  };
}
