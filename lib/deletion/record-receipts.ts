import type { Transaction } from '@/db/client';
import { receipts } from '@/db/schema/deletion';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { storeOf } from '@/lib/platform/storage/routed-storage';
import type { CleanupRun } from './cleanup-run';
import type { Fate } from './delete-and-verify';
import { wordOf } from './receipt-approval';
import type { Claim, ClaimSubject } from './source';

export type Gone = Extract<Fate, { fate: 'gone' }>;

/**
 * Writes a receipt for each object that is gone, with all that it rests on: consent, notice, policy, plan and on whose
 * word (E11, B3). Returns which receipt stands for which artifacts.
 */
export async function writeReceipts(
  ctx: Context,
  tx: Transaction,
  { run, plan }: CleanupRun,
  gone: readonly (readonly [Claim, Gone])[],
): Promise<{ receiptId: string; artifactIds: number[] }[]> {
  if (gone.length === 0) return [];
  const approval = await wordOf(tx, { run, plan });
  const deletedAt = ctx.clock.now();
  const rows = gone.map(([claim, fate]) => {
    const [first] = claim.subjects;
    if (!first) throw new Error(`nothing refers to ${claim.storageKey}`);
    return {
      id: newId(),
      source: plan.source,
      store: storeOf(ctx.storage, claim.storageKey),
      storageKey: claim.storageKey,
      outcome: fate.outcome,
      sizeBytes: claim.sizeBytes,
      etag: claim.etag,
      versionId: claim.versionId,
      remains: fate.remains,
      deletedAt,
      runId: run.id,
      planId: plan.id,
      planHash: plan.hash,
      policyVersion: plan.policyVersion,
      ...permissionOf(first),
      subjects: claim.subjects,
      approval,
    } satisfies typeof receipts.$inferInsert;
  });
  await tx.insert(receipts).values(rows);
  return rows.map((row) => ({
    receiptId: row.id,
    artifactIds: row.subjects.map((subject) => subject.artifactId),
  }));
}

/** What stands in columns of its own, to find receipts by. */
const permissionOf = (subject: ClaimSubject) =>
  'policyId' in subject
    ? { transcriptId: subject.transcriptId, publicPolicyId: subject.policyId }
    : {
        challengeId: subject.challengeId,
        consentEventId: subject.consentEventId,
        noticeId: subject.noticeId,
      };
