'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { type HoldImpact, holdImpact } from '@/lib/holds/hold-impact';
import { type PlaceHoldInput, placeHold } from '@/lib/holds/place-hold';
import { type ReleaseHoldInput, releaseHold } from '@/lib/holds/release-hold';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** The input is checked by the verb, here and below. */
export async function placeHoldAction(
  input: PlaceHoldInput,
): Promise<ActionResult<{ filesBeingDeleted: number }>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { filesBeingDeleted } = await placeHold(ctx, input);
    return { filesBeingDeleted };
  });
  revalidatePath('/', 'layout');
  return result;
}

/** Changes nothing. */
export async function previewReleaseAction(
  input: Parameters<typeof holdImpact>[1],
): Promise<ActionResult<HoldImpact>> {
  const ctx = await getContext();
  return actionResult(() => holdImpact(ctx, input));
}

export async function releaseHoldAction(
  input: ReleaseHoldInput,
): Promise<ActionResult<{ datesChanged: number }>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { datesChanged } = await releaseHold(ctx, input);
    return { datesChanged };
  });
  // A page made anew would have no dialog for a hold that somebody else has released, and so nothing that says it.
  if (result.ok) revalidatePath('/', 'layout');
  return result;
}
