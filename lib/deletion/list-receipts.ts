import { and, asc, count, eq, gt, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { artifacts, challengePhases, submissions } from '@/db/schema/challenges';
import { receipts } from '@/db/schema/deletion';
import { noSuchSubmission, requireVisible } from '@/lib/challenges/visible';
import type { Context } from '@/lib/people/context';
import { bigIdField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { type Receipt, type VisibleReceipt, visibleReceipts } from './visible-receipt';

const submissionInput = z.strictObject({ submissionId: bigIdField });

/**
 * The receipts of a submission's artifacts, for everybody who may see its challenge. At most one an artifact, so there
 * are no pages. Throws 'not_found', in the same words for a submission that is not theirs to see.
 */
export async function receiptsOfSubmission(
  ctx: Context,
  args: z.input<typeof submissionInput>,
): Promise<VisibleReceipt[]> {
  const { submissionId } = parse(submissionInput, args);
  const [submission] = await ctx.db
    .select({ challengeId: challengePhases.challengeId })
    .from(submissions)
    .innerJoin(challengePhases, eq(challengePhases.id, submissions.phaseId))
    .where(eq(submissions.id, submissionId));
  if (!submission) throw noSuchSubmission(submissionId);
  await requireVisible(ctx, submission.challengeId, noSuchSubmission(submissionId));
  const found = await ctx.db
    .select()
    .from(receipts)
    .where(
      inArray(
        receipts.id,
        ctx.db
          .select({ id: artifacts.receiptId })
          .from(artifacts)
          .where(eq(artifacts.submissionId, submissionId)),
      ),
    )
    .orderBy(asc(receipts.storageKey));
  return visibleReceipts(ctx, found);
}

const transcriptInput = z.strictObject({ transcriptId: z.string().max(1024) });

/**
 * What was deleted with a transcript, by key, also what it shared with others; it is long gone then. At most 1,000. Throws
 * 'forbidden'.
 */
export async function receiptsOfTranscript(
  ctx: Context,
  args: z.input<typeof transcriptInput>,
): Promise<Receipt[]> {
  const { transcriptId } = parse(transcriptInput, args);
  await mayReadCleanups(ctx);
  return ctx.db
    .select()
    .from(receipts)
    .where(ofTranscript(transcriptId))
    .orderBy(asc(receipts.storageKey))
    .limit(1000);
}

/** How many there are. Throws 'forbidden'. */
export async function countReceiptsOfTranscript(
  ctx: Context,
  args: z.input<typeof transcriptInput>,
): Promise<number> {
  const { transcriptId } = parse(transcriptInput, args);
  await mayReadCleanups(ctx);
  const [row] = await ctx.db.select({ total: count() }).from(receipts).where(ofTranscript(transcriptId));
  return row?.total ?? 0;
}

const ofTranscript = (transcriptId: string): SQL | undefined =>
  and(
    isNotNull(receipts.transcriptId),
    or(
      eq(receipts.transcriptId, transcriptId),
      sql`${receipts.subjects} @> ${JSON.stringify([{ others: [{ transcriptId }] }])}::jsonb`,
    ),
  );

const runInput = z.strictObject({
  jobRunId: z.uuid('this is no id of a run'),
  /** `nextAfter` of the page before. */
  after: z
    .string()
    .max(2048)
    .refine((key) => !key.includes('\0'), 'this is no place in the list')
    .default(''),
  limit: wholeNumber(1, 1000, 'number').default(100),
});

/** A page of what a run deleted, by key. `nextAfter` is null on the last one. Throws 'forbidden'. */
export async function receiptsOfRun(
  ctx: Context,
  args: z.input<typeof runInput>,
): Promise<{ receipts: Receipt[]; nextAfter: string | null }> {
  const { jobRunId, after, limit } = parse(runInput, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db
    .select()
    .from(receipts)
    .where(and(eq(receipts.runId, jobRunId), gt(receipts.storageKey, after)))
    .orderBy(asc(receipts.storageKey))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  return { receipts: page, nextAfter: rows.length > page.length ? (page.at(-1)?.storageKey ?? null) : null };
}
