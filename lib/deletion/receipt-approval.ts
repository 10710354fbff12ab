import type { Queryable } from '@/db/client';
import type { ReceiptApproval } from '@/db/schema/deletion';
import { type Actor, actorKey } from '@/lib/people/actor';
import type { CleanupRun } from './cleanup-run';
import { approvalsOf } from './plan-approvals';

/**
 * On whose word a run deletes (B3): who asked for it and when, or the schedule, and who approved its plan. It goes into
 * each receipt as it is, so that the receipt says so when the run, the plan and the people are long gone.
 */
export async function wordOf(db: Queryable, { run, plan }: CleanupRun): Promise<ReceiptApproval> {
  const approvals = (await approvalsOf(db, [plan])).get(plan.id) ?? [];
  return {
    // Recorded actors keep the fields that name them; see recordedActor.
    requestedBy: actorKey(run.requestedBy as Actor),
    requestedAt: run.createdAt.toISOString(),
    schedule: run.trigger === 'schedule' ? (run.dedupeKey ?? null) : null,
    approvals: approvals.map(({ id, personId, at }) => ({
      approvalId: id,
      approvedBy: personId,
      approvedAt: at.toISOString(),
    })),
  };
}
