import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import { REASONS, type Reason } from '@/lib/retention/reasons';
import { toDate } from './challenge-rows';
import type { State } from './states';
import { submissionState } from './submission-state';

export interface LoadedPhase {
  id: number;
  name: string;
  startDate: Date | null;
  endDate: Date | null;
  isPublic: boolean;
  state: State;
  /** The state in words where one word is not enough, such as 'blocked: still public' (E4). */
  words: string;
  submissions: number;
  deletedSubmissions: number;
  /** Distinct objects of the phase that are still there. */
  files: number;
  /** Bytes of those of them whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
  /** The earliest date of what is left; null without any. */
  earliestDate: Date | null;
  /** Why submissions that are left stay today, most first; what waits for its date is among them. */
  heldBack: { reason: Reason; submissions: number }[];
}

/** The phases of one challenge in the order of their ends, open-ended ones last. */
export async function loadPhases(db: Queryable, challengeId: number, now: Date): Promise<LoadedPhase[]> {
  const rows = await db.execute<Row>(sql`
    with facts as materialized (${retentionFacts(now, sql`c.id = ${challengeId}`)}),
    files as (
      select object.phase_id, count(*)::int as files, coalesce(sum(object.size), 0)::float8 as bytes,
        count(*) filter (where object.size is null)::int as unknown
      from (
        select facts.phase_id, a.storage_key, max(a.size_bytes) as size
        from facts join artifacts a on a.submission_id = facts.submission_id
        where a.state <> 'deleted'
        group by facts.phase_id, a.storage_key
      ) object group by object.phase_id
    ),
    unsettled as (
      select facts.phase_id, bool_or(a.state = 'deleting') as deleting, bool_or(a.state = 'failed') as failed,
        bool_or(a.state = 'failed' and exists (
          select from artifacts gone where gone.submission_id = a.submission_id and gone.state = 'deleted'
        )) as partly
      from artifacts a join facts on facts.submission_id = a.submission_id
      where a.state in ('deleting', 'failed') group by facts.phase_id
    )
    select p.id, p.name, p.start_date, p.end_date, p.is_public,
      coalesce(files.files, 0) as files, coalesce(files.bytes, 0) as bytes, coalesce(files.unknown, 0) as unknown,
      coalesce(unsettled.deleting, false) as deleting, coalesce(unsettled.failed, false) as failed,
      coalesce(unsettled.partly, false) as partly,
      (select count(*)::int from facts f where f.phase_id = p.id) as submissions,
      (select count(*)::int from facts f where f.phase_id = p.id and f.is_artifact_deleted) as deleted,
      (select min(f.stored_date) from facts f where f.phase_id = p.id and not f.is_artifact_deleted) as earliest,
      (select coalesce(jsonb_object_agg(r.reason, r.number), '{}') from (
        select f.reason, count(*)::int as number from facts f
        where f.phase_id = p.id and not f.is_artifact_deleted group by f.reason
      ) r) as reasons
    from challenge_phases p
    left join files on files.phase_id = p.id
    left join unsettled on unsettled.phase_id = p.id
    where p.challenge_id = ${challengeId}
    order by p.end_date nulls last, p.id
  `);
  return rows.map((row) => toPhase(row, now));
}

interface Row extends Record<string, unknown> {
  id: number;
  name: string;
  start_date: string | null;
  end_date: string | null;
  is_public: boolean;
  files: number;
  bytes: number;
  unknown: number;
  deleting: boolean;
  failed: boolean;
  partly: boolean;
  submissions: number;
  deleted: number;
  earliest: string | null;
  reasons: Partial<Record<Reason, number>>;
}

function toPhase(row: Row, now: Date): LoadedPhase {
  const heldBack = (Object.keys(REASONS) as Reason[])
    .map((reason) => ({ reason, submissions: row.reasons[reason] ?? 0 }))
    .filter(({ reason, submissions }) => submissions > 0 && reason !== 'retention-period-over')
    .sort((a, b) => b.submissions - a.submissions);
  const phase = {
    id: row.id,
    name: row.name,
    startDate: toDate(row.start_date),
    endDate: toDate(row.end_date),
    isPublic: row.is_public,
    submissions: row.submissions,
    deletedSubmissions: row.deleted,
    files: row.files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
    earliestDate: toDate(row.earliest),
    heldBack,
  };
  return { ...phase, ...phaseState(row, now) };
}

/** The most urgent state of its submissions; without any, what would hold for one. */
function phaseState(row: Row, now: Date): { state: State; words: string } {
  if (row.deleting) return { state: 'deleting', words: 'Deleting' };
  if (row.submissions > 0 && row.deleted === row.submissions) return { state: 'deleted', words: 'Deleted' };
  const reasons = Object.keys(row.reasons) as Reason[];
  if (row.failed && reasons.includes('retention-period-over')) {
    return row.partly ? { state: 'partial', words: 'Partial' } : { state: 'failed', words: 'Failed' };
  }
  const end = toDate(row.end_date);
  const found = ORDER.find((reason) => reasons.includes(reason)) ?? withoutSubmissions(row);
  return submissionState({ reason: found, phaseEnded: end !== null && end <= now, artifacts: null });
}

/** What a person asks about first: what goes, then what would go, then what stays. */
const ORDER: Reason[] = [
  'retention-period-over',
  'not-announced',
  'announced-too-recently',
  'not-due',
  'held',
  'challenge-vanished',
  'challenge-disabled',
  'phase-public',
  'still-active',
  'no-end-date',
  'no-consent',
  'not-managed',
];

function withoutSubmissions(row: Row): Reason {
  if (row.is_public) return 'phase-public';
  return row.end_date === null ? 'no-end-date' : 'not-due';
}
