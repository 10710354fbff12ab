import { asc, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { artifacts, challengePhases, challenges, submissions } from '@/db/schema/challenges';
import { receipts } from '@/db/schema/deletion';
import { type VisibleReceipt, visibleReceipts } from '@/lib/deletion/visible-receipt';
import type { Context } from '@/lib/people/context';
import { type ListedSubmission, readSubmissions } from './list-submissions';
import { noSuchSubmission, requireEyes, requireVisible } from './visible';

export interface LoadedArtifact {
  id: number;
  kind: (typeof artifacts.$inferSelect)['kind'];
  /** As the platform gave it. */
  objectKey: string;
  storageKey: string;
  /** Bytes; null when nobody said. */
  sizeBytes: number | null;
  state: (typeof artifacts.$inferSelect)['state'];
  attempts: number;
  lastError: string | null;
  nextAttemptAt: Date | null;
  /** Other submissions that refer to the same object and still have it: it goes with the last of them (E2). */
  sharedWith: number;
  /** The proof that it went; null until then. */
  receipt: VisibleReceipt | null;
}

export interface LoadedSubmission extends ListedSubmission {
  challengeId: number;
  challengeTitle: string;
  artifacts: LoadedArtifact[];
}

/**
 * One submission with its files; for those that are gone, under which policy and with which receipt (E10). Throws
 * 'not_found' when there is none, or when the reader may not see its challenge.
 */
export async function loadSubmission(ctx: Context, submissionId: number): Promise<LoadedSubmission> {
  await requireEyes(ctx, `submission:${submissionId}`);
  const challenge = await challengeOf(ctx.db, submissionId);
  if (!challenge) throw noSuchSubmission(submissionId);
  await requireVisible(ctx, challenge.id, noSuchSubmission(submissionId));
  const [submission] = await readSubmissions(ctx, sql`select ${submissionId}::bigint as id`);
  if (!submission) throw noSuchSubmission(submissionId);
  return {
    ...submission,
    challengeId: challenge.id,
    challengeTitle: challenge.title,
    artifacts: await readArtifacts(ctx, submissionId),
  };
}

async function challengeOf(db: Queryable, submissionId: number) {
  if (!Number.isSafeInteger(submissionId) || submissionId < 1) return null;
  const [challenge] = await db
    .select({ id: challenges.id, title: challenges.title })
    .from(submissions)
    .innerJoin(challengePhases, eq(challengePhases.id, submissions.phaseId))
    .innerJoin(challenges, eq(challenges.id, challengePhases.challengeId))
    .where(eq(submissions.id, submissionId));
  return challenge ?? null;
}

async function readArtifacts(ctx: Context, submissionId: number): Promise<LoadedArtifact[]> {
  const rows = await ctx.db
    .select({
      id: artifacts.id,
      kind: artifacts.kind,
      objectKey: artifacts.objectKey,
      storageKey: artifacts.storageKey,
      sizeBytes: artifacts.sizeBytes,
      state: artifacts.state,
      attempts: artifacts.attempts,
      lastError: artifacts.lastError,
      nextAttemptAt: artifacts.nextAttemptAt,
      sharedWith: sql<number>`(
        select count(distinct other.submission_id)::int from artifacts other
        where other.storage_key = ${artifacts.storageKey} and other.submission_id <> ${artifacts.submissionId}
          and other.state <> 'deleted'
      )`,
      receipt: receipts,
    })
    .from(artifacts)
    .leftJoin(receipts, eq(receipts.id, artifacts.receiptId))
    .where(eq(artifacts.submissionId, submissionId))
    .orderBy(asc(artifacts.kind));
  const shown = await visibleReceipts(
    ctx,
    rows.flatMap(({ receipt }) => receipt ?? []),
  );
  const byId = new Map(shown.map((receipt) => [receipt.id, receipt]));
  return rows.map(({ receipt, ...artifact }) => ({
    ...artifact,
    receipt: (receipt && byId.get(receipt.id)) ?? null,
  }));
}
