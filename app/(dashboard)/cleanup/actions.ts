'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { getContext } from '@/app/session';
import { approvePlan } from '@/lib/deletion/approve-plan';
import { previewCleanup } from '@/lib/deletion/preview-cleanup';
import { requestCleanup } from '@/lib/deletion/request-cleanup';
import { stopCleanup } from '@/lib/deletion/stop-cleanup';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** The input is checked by the verb. */
export async function previewCleanupAction(
  input: Parameters<typeof previewCleanup>[1],
): Promise<ActionResult<never>> {
  const ctx = await getContext();
  const result = await actionResult(() => previewCleanup(ctx, input));
  if (!result.ok) return result;
  redirect(`/cleanup/plans/${result.value.id}`);
}

/** The input is checked by the verb. */
export async function approvePlanAction(
  input: Parameters<typeof approvePlan>[1],
): Promise<ActionResult<null>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    await approvePlan(ctx, input);
    return null;
  });
  revalidatePath('/cleanup', 'layout');
  return result;
}

/** The input is checked by the verb. */
export async function requestCleanupAction(
  input: Parameters<typeof requestCleanup>[1],
): Promise<ActionResult<never>> {
  const ctx = await getContext();
  const result = await actionResult(() => requestCleanup(ctx, input));
  if (!result.ok) return result;
  redirect(`/cleanup/runs/${result.value.jobRunId}`);
}

/** The input is checked by the verb. */
export async function stopCleanupAction(
  input: Parameters<typeof stopCleanup>[1],
): Promise<ActionResult<null>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    await stopCleanup(ctx, input);
    return null;
  });
  revalidatePath('/cleanup', 'layout');
  return result;
}
