import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { addDays } from '@/lib/platform/clock';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { ACTIVE_STATUSES, type Reason } from '@/lib/retention/reasons';

/** Why a submission would stay although its hosts consent; the strongest reason of each counts. */
export const KEPT_REASONS = [
  'not-managed',
  'held',
  'challenge-vanished',
  'challenge-disabled',
  'phase-public',
  'no-end-date',
  'still-active',
] as const satisfies Reason[];
export type KeptReason = (typeof KEPT_REASONS)[number];

/** What giving consent now would concern. Submissions whose artifacts are gone are in none of the counts. */
export interface GivingFigures {
  /** Submissions whose artifacts would go in time. */
  submissions: number;
  /** Distinct objects that would go with them. */
  files: number;
  /** Bytes of those of them whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
  /** Objects that are theirs too, but stay because a submission that stays refers to them. */
  filesSharedWithKept: number;
  /** ISO 8601, UTC: the earliest instant at which anything could go; null when nothing would. */
  earliestDeletion: string | null;
  /** Whole days after a phase's end that hold for this challenge. */
  retentionDays: number;
  kept: { submissions: number; byReason: Partial<Record<KeptReason, number>> };
}

/** Counts as if consent were given at `now`; the challenge must exist. */
export async function givingFigures(db: Queryable, challengeId: number, now: Date): Promise<GivingFigures> {
  const earliest = addDays(now, RETENTION_POLICY.daysAfterConsent).toISOString();
  const activeStatuses = sql.join(
    ACTIVE_STATUSES.map((status) => sql`${status}::submission_status`),
    sql`, `,
  );
  const [row] = await db.execute<GivingRow>(sql`
    with challenge as (
      select c.*, coalesce(artifact_retention_days_override, log_retention_days_override, ${RETENTION_POLICY.defaultRetentionDays}::int) as days,
        exists (select from holds h where h.challenge_id = c.id and h.released_at is null) as held
      from challenges c where c.id = ${challengeId}
    ),
    candidates as materialized (
      select s.id,
        greatest(p.end_date + make_interval(days => c.days), ${earliest}::timestamptz, s.retention_postponed_until) as earliest,
        case
          when c.use_host_credentials then 'not-managed'
          when c.held
            or exists (select from holds h where h.phase_id = p.id and h.released_at is null)
            or exists (select from holds h where h.submission_id = s.id and h.released_at is null) then 'held'
          when c.vanished_at is not null then 'challenge-vanished'
          when c.disabled then 'challenge-disabled'
          when p.is_public then 'phase-public'
          when p.end_date is null then 'no-end-date'
          when s.status in (${activeStatuses}) then 'still-active'
        end as kept_by
      from submissions s
      join challenge_phases p on p.id = s.phase_id
      join challenge c on c.id = p.challenge_id
      where not s.is_artifact_deleted
    ),
    going_keys as materialized (
      select a.storage_key, count(*) as going
      from artifacts a join candidates on candidates.id = a.submission_id and candidates.kept_by is null
      where a.state <> 'deleted'
      group by a.storage_key
    ),
    judged as (
      -- An object goes with the last submission that refers to it (E2), in whatever challenge that is.
      select users.size_bytes, users.number > going_keys.going as shared_with_kept
      from going_keys
      cross join lateral (
        select count(*) as number, max(a.size_bytes) as size_bytes
        from artifacts a where a.storage_key = going_keys.storage_key and a.state <> 'deleted'
      ) users
    )
    select
      (select count(*)::int from candidates where kept_by is null) as submissions,
      (select min(earliest) from candidates where kept_by is null) as earliest,
      (select days from challenge) as days,
      (select coalesce(jsonb_object_agg(kept_by, number), '{}') from
        (select kept_by, count(*)::int as number from candidates where kept_by is not null group by kept_by) reasons) as kept,
      count(*) filter (where not shared_with_kept)::int as files,
      coalesce(sum(size_bytes) filter (where not shared_with_kept), 0)::float8 as bytes,
      count(*) filter (where not shared_with_kept and size_bytes is null)::int as unknown,
      count(*) filter (where shared_with_kept)::int as shared
    from judged
  `);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    submissions: row.submissions,
    files: row.files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
    filesSharedWithKept: row.shared,
    earliestDeletion: row.earliest === null ? null : new Date(row.earliest).toISOString(),
    retentionDays: row.days,
    kept: {
      submissions: Object.values(row.kept).reduce((sum, count) => sum + count, 0),
      byReason: row.kept,
    },
  };
}

interface GivingRow extends Record<string, unknown> {
  submissions: number;
  earliest: string | null;
  days: number;
  kept: Partial<Record<KeptReason, number>>;
  files: number;
  bytes: number;
  unknown: number;
  shared: number;
}
