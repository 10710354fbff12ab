import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { TranscriptPermission } from '@/db/schema/deletion';
import { HELD_BACK_REASONS, OUT_OF_REACH } from '@/lib/anonymous/reasons';
import { latestPolicy, recordPublicPolicy } from '@/lib/anonymous/record-policy';
import { referrersOf } from '@/lib/anonymous/referrers';
import type { Context } from '@/lib/people/context';
import { formatCount } from '@/lib/platform/format';
import { goneBeside } from './anonymous-data-gone';
import { lockClaimed, lockReferences, wasGoneBefore } from './anonymous-data-locks';
import { insertPlanItems, planLines, planTotals } from './anonymous-data-plan';
import { finish, finishRest, hasRest } from './anonymous-data-rows';
import type { FinishedCounts } from './counts';
import { CLAIMED_COLUMNS, type ClaimedRow, claimsOf } from './file-states';
import type { Claim, DeletionSource, Plan } from './source';

/** Transcripts of people without an account, with their recordings and meetings, under lib/anonymous' rule (R1 to R5). */
export const anonymousData: DeletionSource = {
  name: 'anonymous-data',
  job: 'cleanup-anonymous-data',
  requested: 'lapse/anonymous-cleanup.requested',
  policyInForce: async (db) => publicPolicyVersion((await latestPolicy(db))?.sequence),
  adoptPolicy,
  insertPlanItems,
  planTotals,
  setsAside: false,
  planRows: sql`plan_transcripts`,
  amountOf: ({ transcripts, files }) =>
    transcripts > 0 ? formatCount(transcripts, 'transcript') : formatCount(files, 'file'),
  figuresOf: ({ transcripts, recordings, meetings, heldBackTranscripts }) => ({
    transcripts,
    recordings,
    meetings,
    heldBackTranscripts,
  }),
  failedAtOnce,
  files: sql`anonymous_files`,
  isItemOfFile: sql`item.transcript_id is not null and item.artifact_id = file.id`,
  isItemOfSubject: sql`item.transcript_id is not null and item.artifact_id = settled."artifactId"`,
  // With its transcript the row of a file goes; without a row, and with the transcript, the platform took it off the list.
  isDeleted: sql`coalesce(file.state = 'deleted',
    not exists (select from transcripts t where t.id = item.transcript_id))`,
  planLine: sql`json_build_array(position, storage_key, size_bytes, transcript_id, artifact_id, kind, public_policy_id, reason)`,
  moreText: planLines,
  lockReferences,
  lockClaimed,
  goneBeside,
  finish,
  hasRest,
  finishRest,
  unsettledClaims,
};

/** What is out of reach and only counted; what the plan names says so itself. */
function failedAtOnce({ heldBackCounted }: Plan): { counts: FinishedCounts; why: string[] } {
  const found = OUT_OF_REACH.map((reason) => ({ reason, count: heldBackCounted[reason] ?? 0 }));
  return {
    counts: { transcriptsFailed: found.reduce((sum, { count }) => sum + count, 0) },
    why: found
      .filter(({ count }) => count > 0)
      .map(
        ({ reason, count }) =>
          `Of ${formatCount(count, 'transcript')} nothing was tried: ${HELD_BACK_REASONS[reason]}.`,
      ),
  };
}

/** A shell may have another environment than the Lapse that runs, and changes nothing. */
async function adoptPolicy(ctx: Context): Promise<void> {
  if (ctx.actor.type !== 'cli') await recordPublicPolicy(ctx);
}

/** As plans and receipts name a published policy: by its place in the history. */
export const publicPolicyVersion = (sequence: number | undefined): string => `public-${sequence ?? 'none'}`;

interface FileRow extends ClaimedRow {
  transcript_id: string;
  recording_id: string | null;
  meeting_id: string | null;
  public_policy_id: string;
  others: TranscriptPermission[];
}

/** The claims of the run, put together again from the files and from the plan under which they were made. */
async function unsettledClaims(db: Queryable, runId: string, planId: string): Promise<Claim[]> {
  const rows = await db.execute<FileRow>(sql`
    select ${CLAIMED_COLUMNS}, coalesce(t.audio_deleted, false) or ${wasGoneBefore(sql`file`)} as may_be_absent,
      item.transcript_id, file.recording_id, file.meeting_id, item.public_policy_id, sharing.others
    from anonymous_files file
    join plan_items item on item.plan_id = ${planId}::uuid and item.transcript_id is not null and item.artifact_id = file.id
    left join transcripts t on t.id = item.transcript_id
    cross join lateral (
      with shared as (
        select 'recording' as kind, file.recording_id as id where file.recording_id is not null
        union all
        select 'meeting', file.meeting_id where file.meeting_id is not null
      )
      select coalesce(jsonb_agg(jsonb_build_object('transcriptId', unit.transcript_id, 'policyId', unit.public_policy_id)
        order by unit.position), '[]') as others
      from (${referrersOf(sql`shared`)}) referrer
      join plan_transcripts unit on unit.plan_id = item.plan_id and unit.transcript_id = referrer.transcript_id
      where unit.will_delete and unit.transcript_id <> item.transcript_id
    ) sharing
    where file.state = 'deleting' and file.claimed_by_run = ${runId}::uuid
    order by file.storage_key, file.id`);
  return claimsOf(rows, (row) => ({
    artifactId: Number(row.artifact_id),
    transcriptId: row.transcript_id,
    recordingId: row.recording_id,
    meetingId: row.meeting_id,
    kind: row.kind,
    policyId: row.public_policy_id,
    ...(row.others.length > 0 && { others: row.others }),
  }));
}
