'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { placeHold } from '@/lib/holds/place-hold';
import { releaseHold } from '@/lib/holds/release-hold';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** The input is checked by the verb. */
export async function placeHoldAction(
  input: Parameters<typeof placeHold>[1],
): Promise<ActionResult<{ filesBeingDeleted: number }>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { filesBeingDeleted } = await placeHold(ctx, input);
    return { filesBeingDeleted };
  });
  revalidatePath('/', 'layout');
  return result;
}

/** The input is checked by the verb. */
export async function releaseHoldAction(
  input: Parameters<typeof releaseHold>[1],
): Promise<ActionResult<{ datesChanged: number }>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { datesChanged } = await releaseHold(ctx, input);
    return { datesChanged };
  });
  revalidatePath('/', 'layout');
  return result;
}
