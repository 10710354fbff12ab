import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import type { Reason } from '@/lib/retention/reasons';
import { type AppliedDays, isShorter } from './override-field';

const days = z.object({ artifacts: z.number(), logs: z.number() });

/** What a change affects, as it was shown to those who decided, and to the hosts. Stored with the change. */
export const overrideImpact = z.object({
  /** Whole days that apply before and after it. */
  daysBefore: days,
  daysAfter: days,
  /** Submissions that get another date by it, their distinct objects that are left, and bytes as far as known. */
  submissions: z.number(),
  files: z.number(),
  bytes: z.number(),
  filesOfUnknownSize: z.number(),
  /** Of those submissions, the ones that a hold, their status or their challenge keeps all the same. */
  keptAnyway: z.number(),
  /** ISO 8601, UTC: the earliest date of those submissions; null when there are none. */
  earliestBefore: z.string().nullable(),
  earliestAfter: z.string().nullable(),
  /**
   * All objects that are left and for which the artifact period holds, whether they have a date by now or not; 0 when that
   * period does not get shorter. A second admin is asked by this number, so that a change before the hosts consent, or
   * while a phase is public, is no way round him.
   */
  filesCovered: z.number(),
});
export type OverrideImpact = z.output<typeof overrideImpact>;

export interface AffectedSubmission {
  submissionId: number;
  phaseName: string;
  participantTeamName: string;
  before: Date;
  after: Date;
  /** Why it is kept or not now. */
  reason: Reason;
}

export interface Difference {
  challengeId: number;
  before: AppliedDays;
  after: AppliedDays;
  now: Date;
  /** Nothing goes earlier by the change than this; null: it takes effect at once. */
  notBefore: Date | null;
}

/** Counts what the change would affect if nothing else changed. */
export async function measureImpact(db: Queryable, difference: Difference): Promise<OverrideImpact> {
  const { challengeId, before, after } = difference;
  const [row] = await db.execute<ImpactRow>(sql`
    with moved as materialized (${movedSubmissions(difference)}),
    objects as (
      select a.storage_key, max(a.size_bytes) as size_bytes
      from artifacts a join moved on moved.submission_id = a.submission_id
      where a.state <> 'deleted'
      group by a.storage_key
    )
    select
      (select count(*)::int from moved) as submissions,
      (select count(*)::int from moved where reason in (${KEPT})) as kept_anyway,
      (select min(before) from moved) as earliest_before,
      (select min(after) from moved) as earliest_after,
      count(*)::int as files,
      coalesce(sum(size_bytes), 0)::float8 as bytes,
      (count(*) filter (where size_bytes is null))::int as unknown
    from objects`);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    daysBefore: before,
    daysAfter: after,
    submissions: row.submissions,
    files: row.files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
    keptAnyway: row.kept_anyway,
    earliestBefore: toIso(row.earliest_before),
    earliestAfter: toIso(row.earliest_after),
    filesCovered: after.artifacts < before.artifacts ? await filesLeft(db, challengeId) : 0,
  };
}

/** The first of the submissions that get another date, by their new date; at most `limit`. */
export async function listAffected(
  db: Queryable,
  difference: Difference,
  limit: number,
): Promise<AffectedSubmission[]> {
  const rows = await db.execute<AffectedRow>(sql`
    select moved.submission_id::float8 as id, p.name, s.participant_team_name as team, moved.before, moved.after, moved.reason
    from (${movedSubmissions(difference)}) moved
    join submissions s on s.id = moved.submission_id
    join challenge_phases p on p.id = s.phase_id
    order by moved.after, moved.submission_id
    limit ${limit}`);
  return rows.map((row) => ({
    submissionId: row.id,
    phaseName: row.name,
    participantTeamName: row.team,
    before: new Date(row.before),
    after: new Date(row.after),
    reason: row.reason,
  }));
}

/** Reasons that keep a submission whatever its date is. */
const KEPT = sql.join(
  (
    [
      'not-managed',
      'held',
      'challenge-vanished',
      'challenge-disabled',
      'still-active',
    ] as const satisfies Reason[]
  ).map((reason) => sql`${reason}`),
  sql`, `,
);

/**
 * One row for each submission that gets another date: submission_id, before, after, reason. What would go before the change
 * takes effect is not affected by a shorter period, and nothing is moved to a date before that.
 */
function movedSubmissions({ challengeId, before, after, now, notBefore }: Difference): SQL {
  const all = sql`c.id = ${challengeId} and not s.is_artifact_deleted`;
  const next =
    isShorter(before, after) && notBefore
      ? sql`least(old.computed_date, greatest(new.computed_date, ${notBefore.toISOString()}::timestamptz))`
      : sql`new.computed_date`;
  return sql`
    select * from (
      select old.submission_id, old.computed_date as before, ${next} as after, old.reason
      from (${retentionFacts(now, all, { artifactDays: before.artifacts })}) old
      join (${retentionFacts(now, all, { artifactDays: after.artifacts })}) new using (submission_id)
      where ${before.artifacts !== after.artifacts}::boolean
    ) dates
    where after <> before`;
}

async function filesLeft(db: Queryable, challengeId: number): Promise<number> {
  const [row] = await db.execute<{ files: number }>(sql`
    select count(distinct a.storage_key)::int as files
    from challenge_phases p
    join submissions s on s.phase_id = p.id and not s.is_artifact_deleted
    join artifacts a on a.submission_id = s.id and a.state <> 'deleted'
    where p.challenge_id = ${challengeId}`);
  return row?.files ?? 0;
}

const toIso = (text: string | null) => (text === null ? null : new Date(text).toISOString());

interface ImpactRow extends Record<string, unknown> {
  submissions: number;
  kept_anyway: number;
  earliest_before: string | null;
  earliest_after: string | null;
  files: number;
  bytes: number;
  unknown: number;
}

interface AffectedRow extends Record<string, unknown> {
  id: number;
  name: string;
  team: string;
  before: string;
  after: string;
  reason: Reason;
}
