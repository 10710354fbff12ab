import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { KEPT_BY, whatKeeps } from '@/lib/deletion/kept-by';
import type { Context } from '@/lib/people/context';
import { idField } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { retentionFacts } from '@/lib/retention/facts';
import type { Reason } from '@/lib/retention/reasons';
import { toDate } from './challenge-rows';
import { decodeCursor, encodeCursor } from './cursor';
import { STATES, type State } from './states';
import { type ArtifactCounts, submissionState } from './submission-state';
import { requireVisible } from './visible';

const input = z.object({
  challengeId: idField,
  phaseId: idField.optional(),
  state: z.enum(STATES, `use one of ${STATES.join(', ')}`).optional(),
  /** Those of one group of lib/challenges/held-back. */
  keptBy: z.enum(KEPT_BY, `use one of ${KEPT_BY.join(', ')}`).optional(),
  cursor: z.string().max(2000).optional(),
  limit: z.number().int().min(1).max(100).default(25),
});

export interface ListedSubmission {
  id: number;
  phaseId: number;
  phaseName: string;
  participantTeamName: string;
  status: string;
  submittedAt: Date;
  score: string | null;
  state: State;
  /** The state in a few words, such as 'Due: not announced'. */
  words: string;
  reason: Reason;
  /** The earliest instant at which its files may go; null: no date. */
  eligibleDate: Date | null;
  deletedAt: Date | null;
  policyApplied: string | null;
  postponedUntil: Date | null;
  postponedReason: string | null;
  files: ArtifactCounts;
  /** Bytes of the files that are left and whose size is known. */
  bytes: number;
  /** Files that are left and of which nobody said the size. */
  filesOfUnknownSize: number;
}

export interface SubmissionPage {
  submissions: ListedSubmission[];
  nextCursor: string | null;
}

/**
 * Submissions that are judged at once while a state or a reason is looked for: few at first, and twice as many each time none of it
 * filled the page, because each batch has to find its place in the challenge again.
 */
const FIRST_BATCH = 500;
const LARGEST_BATCH = 8_000;

/**
 * A page of the submissions of one challenge, newest first, each judged by the retention rule as it stands now. Throws
 * 'not_found' when the reader may not see the challenge, 'invalid' for input out of range.
 */
export async function listSubmissions(ctx: Context, raw: z.input<typeof input>): Promise<SubmissionPage> {
  const query = parse(input, raw);
  await requireVisible(ctx, query.challengeId);
  const wanted = query.limit + 1;
  let size = query.state || query.keptBy ? FIRST_BATCH : wanted;
  const inPhase = query.phaseId === undefined ? sql`true` : sql`p.id = ${query.phaseId}`;
  const found: ListedSubmission[] = [];
  let before = query.cursor === undefined ? null : decodeCursor(query.cursor).id;
  for (;;) {
    const older = before === null ? sql`true` : sql`s.id < ${before}::bigint`;
    const batch = await readSubmissions(
      ctx,
      sql`select s.id from submissions s join challenge_phases p on p.id = s.phase_id
        where p.challenge_id = ${query.challengeId} and ${inPhase} and ${older}
        order by s.id desc limit ${size}`,
    );
    found.push(...(await matching(ctx, batch, query)));
    before = batch.at(-1)?.id ?? null;
    if (found.length >= wanted || batch.length < size || before === null) break;
    size = Math.min(size * 2, LARGEST_BATCH);
  }
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    submissions: shown,
    nextCursor: found.length > query.limit && last ? encodeCursor({ key: null, id: last.id }) : null,
  };
}

async function matching(
  ctx: Context,
  batch: ListedSubmission[],
  { state, keptBy }: z.output<typeof input>,
): Promise<ListedSubmission[]> {
  const inState = state ? batch.filter((submission) => submission.state === state) : batch;
  if (!keptBy) return inState;
  const ids = inState.map(({ id }) => id);
  const groups = await whatKeeps(ctx.db, ctx.clock.now(), ids);
  return inState.filter(({ id }) => groups.get(id) === keptBy);
}

/** The submissions whose ids the query `wanted` gives, newest first. */
export async function readSubmissions(ctx: Context, wanted: SQL): Promise<ListedSubmission[]> {
  const now = ctx.clock.now();
  // Ids as values, and not as a subquery: the rule joins many tables, and only so does the planner begin with these few.
  const found = await ctx.db.execute<{ id: string }>(wanted);
  if (found.length === 0) return [];
  const ids = sql`any(${`{${found.map(({ id }) => id).join(',')}}`}::bigint[])`;
  const rows = await ctx.db.execute<Row>(sql`
    select s.id::float8 as id, s.phase_id, p.name as phase_name, p.end_date, s.participant_team_name, s.status, s.submitted_at,
      s.score::text as score, s.artifact_deletion_date, s.retention_policy_applied, s.retention_postponed_until,
      s.retention_override_reason, facts.stored_date, facts.reason,
      coalesce(files.present, 0) as present, coalesce(files.deleting, 0) as deleting,
      coalesce(files.failed, 0) as failed, coalesce(files.deleted, 0) as deleted, coalesce(files.bytes, 0) as bytes,
      coalesce(files.unknown, 0) as unknown
    from (${retentionFacts(now, sql`s.id = ${ids}`)}) facts
    join submissions s on s.id = facts.submission_id
    join challenge_phases p on p.id = s.phase_id
    left join lateral (
      select
        count(*) filter (where a.state = 'present')::int as present,
        count(*) filter (where a.state = 'deleting')::int as deleting,
        count(*) filter (where a.state = 'failed')::int as failed,
        count(*) filter (where a.state = 'deleted')::int as deleted,
        (sum(a.size_bytes) filter (where a.state <> 'deleted'))::float8 as bytes,
        count(*) filter (where a.state <> 'deleted' and a.size_bytes is null)::int as unknown
      from artifacts a where a.submission_id = s.id
    ) files on true
    order by s.id desc
  `);
  return rows.map((row) => toSubmission(row, now));
}

interface Row extends Record<string, unknown> {
  id: number;
  phase_id: number;
  phase_name: string;
  end_date: string | null;
  participant_team_name: string;
  status: string;
  submitted_at: string;
  score: string | null;
  artifact_deletion_date: string | null;
  retention_policy_applied: string | null;
  retention_postponed_until: string | null;
  retention_override_reason: string | null;
  stored_date: string | null;
  reason: Reason;
  present: number;
  deleting: number;
  failed: number;
  deleted: number;
  bytes: number;
  unknown: number;
}

function toSubmission(row: Row, now: Date): ListedSubmission {
  const files = { present: row.present, deleting: row.deleting, failed: row.failed, deleted: row.deleted };
  const phaseEnd = toDate(row.end_date);
  return {
    id: row.id,
    phaseId: row.phase_id,
    phaseName: row.phase_name,
    participantTeamName: row.participant_team_name,
    status: row.status,
    submittedAt: new Date(row.submitted_at),
    score: row.score,
    ...submissionState({
      reason: row.reason,
      phaseEnded: phaseEnd !== null && phaseEnd <= now,
      artifacts: files,
    }),
    reason: row.reason,
    eligibleDate: toDate(row.stored_date),
    deletedAt: toDate(row.artifact_deletion_date),
    policyApplied: row.retention_policy_applied,
    postponedUntil: toDate(row.retention_postponed_until),
    postponedReason: row.retention_override_reason,
    files,
    bytes: row.bytes,
    filesOfUnknownSize: row.unknown,
  };
}
