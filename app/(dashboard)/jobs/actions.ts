'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { getContext } from '@/app/session';
import { requestAuditJob } from '@/lib/audit/request-audit-job';
import { stopJobRun } from '@/lib/jobs/stop-job-run';
import { requestLogRetention } from '@/lib/logs/request-log-retention';
import { requestNotices } from '@/lib/notices/request-notices';
import { requestOverrideRun } from '@/lib/overrides/request-override-run';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';
import { requestReconciliation } from '@/lib/reconciliation/request-reconciliation';
import { requestRecompute } from '@/lib/retention/request-recompute';

export async function requestRecomputeAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestRecompute(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}

export async function requestLogRetentionAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestLogRetention(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}

export async function requestAuditJobAction(
  input: Parameters<typeof requestAuditJob>[1],
): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestAuditJob(await getContext(), input));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}

export async function requestReconciliationAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestReconciliation(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}

/** The input is checked by the verb. */
export async function stopJobRunAction(input: Parameters<typeof stopJobRun>[1]): Promise<ActionResult<null>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    await stopJobRun(ctx, input);
    return null;
  });
  revalidatePath('/jobs', 'layout');
  return result;
}

export async function requestNoticesAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestNotices(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}

export async function requestOverrideRunAction(): Promise<ActionResult<never>> {
  const result = await actionResult(async () => requestOverrideRun(await getContext()));
  if (!result.ok) return result;
  redirect(`/jobs/runs/${result.value.id}`);
}
