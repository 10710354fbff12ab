import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { audited } from '@/lib/audit/record';
import type { JobRunEnd } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { parse } from '@/lib/platform/parse';
import { mayRunCleanups } from './cleanup-access';
import { type CleanupRun, endRun, hasEnded, loadCleanupRun } from './cleanup-run';
import { type CleanupCounts, readCounts } from './counts';
import type { DeletionReason } from './reasons';
import { sourceOf } from './sources';

const input = z.strictObject({ jobRunId: z.uuid('this is no id of a run') });

/**
 * Ends a run whose batches are done, with what it did in a sentence. A run that has ended already stays as it is. Throws
 * 'forbidden', 'not_found', 'conflict' (there is work left and nobody asked to stop).
 */
export async function finishCleanup(ctx: Context, args: z.input<typeof input>): Promise<void> {
  const { jobRunId } = parse(input, args);
  const target = `run:${jobRunId}`;
  await mayRunCleanups(ctx, 'job.run', target);
  await audited(ctx, { action: 'job.run', target }, async (event) => {
    const cleanup = await loadCleanupRun(ctx.db, jobRunId);
    if (!hasEnded(cleanup.run)) await endRun(ctx, cleanup, await endOf(ctx, cleanup));
    const { run } = await loadCleanupRun(ctx.db, jobRunId);
    event.note({ newValue: { state: run.state, summary: run.summary, counts: run.counts } });
  });
}

async function endOf(ctx: Context, { run, plan }: CleanupRun): Promise<JobRunEnd> {
  const counts = readCounts(run.counts);
  const said = sayCounts(counts, counts.shrunk > 0 ? await deletedByOthers(ctx.db, plan.id) : 0);
  if (run.stopRequestedAt !== null) {
    return { state: 'stopped', summary: `It was stopped. ${said}` };
  }
  const [open] = await ctx.db.execute(sql`
    select 1 from plan_items where plan_id = ${plan.id}::uuid and will_delete and outcome is null limit 1`);
  if (open) throw conflict(`The cleanup ${run.id} has work left.`);
  const isWhole = counts.failed + counts.setAside + counts.transcriptsFailed === 0;
  const summary = [said, ...sourceOf(plan.source).failedAtOnce(plan).why].join(' ');
  return { state: isWhole ? 'succeeded' : 'partial', summary };
}

/** Files of the plan that another run had deleted when their turn came. */
async function deletedByOthers(db: Queryable, planId: string): Promise<number> {
  const [row] = await db.execute<{ files: number }>(sql`
    select count(distinct storage_key)::int as files from plan_items
    where plan_id = ${planId}::uuid and outcome = 'shrunk' and outcome_reason = ${'already-deleted' satisfies DeletionReason}`);
  return row?.files ?? 0;
}

/** What a run did, for people: what happened first, then what did not. Of what it left, `byOthers` had gone with another run. */
export function sayCounts(counts: CleanupCounts, byOthers = 0): string {
  const { alreadyAbsent, failed, setAside } = counts;
  const shrunk = counts.shrunk - byOthers;
  const sentences = [
    sayRows(counts),
    sayFiles(counts),
    alreadyAbsent > 0 ? `${formatCount(alreadyAbsent, 'file')} had gone before.` : null,
    byOthers > 0 ? `${formatCount(byOthers, 'file')} had been deleted by another run.` : null,
    shrunk > 0 ? `${formatCount(shrunk, 'file')} stayed because something changed since the plan.` : null,
    failed > 0
      ? `${formatCount(failed, 'file')} could not be deleted; ${isOrAre(failed)} tried again.`
      : null,
    setAside > 0
      ? `${formatCount(setAside, 'file')} had no turn, because too many of the same challenge failed; ${isOrAre(setAside)} tried again.`
      : null,
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

/** Rows without a file can go alone, and then there is nothing to say of files. */
function sayFiles({ deleted, bytes, transcriptsDeleted }: CleanupCounts): string | null {
  if (deleted > 0) return `${formatCount(deleted, 'file')} (${formatBytes(bytes)}) deleted.`;
  return transcriptsDeleted > 0 ? null : 'No file was deleted.';
}

/** What went of anonymous data as a whole, and what did not; null where it was about none. */
function sayRows({
  transcriptsDeleted,
  recordingsDeleted,
  meetingsDeleted,
  transcriptsFailed,
}: CleanupCounts) {
  const gone = [
    formatCount(transcriptsDeleted, 'transcript'),
    recordingsDeleted > 0 ? formatCount(recordingsDeleted, 'recording') : null,
    meetingsDeleted > 0 ? formatCount(meetingsDeleted, 'meeting') : null,
  ].filter((part) => part !== null);
  const whose = transcriptsDeleted + recordingsDeleted + meetingsDeleted === 1 ? 'its' : 'their';
  const sentences = [
    transcriptsDeleted > 0 ? `${listed(gone)} deleted with all ${whose} files.` : null,
    transcriptsFailed > 0
      ? `${formatCount(transcriptsFailed, 'transcript keeps its', 'transcripts keep their')} rows, because something of ${transcriptsFailed === 1 ? 'it' : 'them'} could not be deleted; the next run looks at ${transcriptsFailed === 1 ? 'it' : 'them'} again.`
      : null,
  ].filter((sentence) => sentence !== null);
  return sentences.length > 0 ? sentences.join(' ') : null;
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

const isOrAre = (files: number): string => (files === 1 ? 'it is' : 'they are');
