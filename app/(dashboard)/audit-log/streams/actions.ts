'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { keepLimits, removeLimits, setLimits } from '@/lib/audit/limits/change-limits';
import { previewLimits } from '@/lib/audit/limits/preview-limits';
import { placeStreamHold, releaseStreamHold } from '@/lib/audit/limits/stream-holds';
import type { Context } from '@/lib/people/context';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** The input is checked by the verbs, here and below. Changes nothing. */
export async function previewLimitsAction(input: Parameters<typeof previewLimits>[1]) {
  const ctx = await getContext();
  return actionResult(() => previewLimits(ctx, input));
}

export async function setLimitsAction(input: Parameters<typeof setLimits>[1]) {
  return changing((ctx) => setLimits(ctx, input));
}

export async function removeLimitsAction(input: Parameters<typeof removeLimits>[1]) {
  return changing((ctx) => removeLimits(ctx, input));
}

export async function keepLimitsAction(input: Parameters<typeof keepLimits>[1]) {
  return changing((ctx) => keepLimits(ctx, input));
}

export async function placeStreamHoldAction(input: Parameters<typeof placeStreamHold>[1]) {
  return changing((ctx) => placeStreamHold(ctx, input));
}

export async function releaseStreamHoldAction(input: Parameters<typeof releaseStreamHold>[1]) {
  return changing((ctx) => releaseStreamHold(ctx, input));
}

async function changing<T>(work: (ctx: Context) => Promise<T>): Promise<ActionResult<T>> {
  const ctx = await getContext();
  const result = await actionResult(() => work(ctx));
  // What was refused shows in its dialog, which a page made anew might not have any more.
  if (result.ok) revalidatePath('/audit-log/streams', 'layout');
  return result;
}
