'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import type { AskedFor } from '@/components/overrides/override-actions';
import { type ApprovedOverrideChange, approveOverrideChange } from '@/lib/overrides/approve-override-change';
import { cancelOverrideChange } from '@/lib/overrides/cancel-override-change';
import { type OverridePreview, previewOverrideChange } from '@/lib/overrides/preview-override-change';
import { requestOverrideChange } from '@/lib/overrides/request-override-change';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';
import { postponeSubmission } from '@/lib/retention/postpone-submission';

/** Changes nothing. The input is checked by the verb, here and below. */
export async function previewOverrideAction(
  input: Parameters<typeof previewOverrideChange>[1],
): Promise<ActionResult<OverridePreview>> {
  const ctx = await getContext();
  return actionResult(() => previewOverrideChange(ctx, input));
}

export async function requestOverrideAction(
  input: Parameters<typeof requestOverrideChange>[1],
): Promise<ActionResult<AskedFor>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { state, filesBeingDeleted } = await requestOverrideChange(ctx, input);
    return { state, filesBeingDeleted };
  });
  revalidatePath('/', 'layout');
  return result;
}

export async function approveOverrideAction(
  input: Parameters<typeof approveOverrideChange>[1],
): Promise<ActionResult<ApprovedOverrideChange>> {
  const ctx = await getContext();
  const result = await actionResult(() => approveOverrideChange(ctx, input));
  revalidatePath('/', 'layout');
  return result;
}

export async function cancelOverrideAction(
  input: Parameters<typeof cancelOverrideChange>[1],
): Promise<ActionResult<{ changeId: string }>> {
  const ctx = await getContext();
  const result = await actionResult(() => cancelOverrideChange(ctx, input));
  revalidatePath('/', 'layout');
  return result;
}

export async function postponeSubmissionAction(
  input: Parameters<typeof postponeSubmission>[1],
): Promise<ActionResult<{ eligibleDate: Date | null; filesBeingDeleted: number }>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { eligibleDate, filesBeingDeleted } = await postponeSubmission(ctx, input);
    return { eligibleDate, filesBeingDeleted };
  });
  revalidatePath('/', 'layout');
  return result;
}
