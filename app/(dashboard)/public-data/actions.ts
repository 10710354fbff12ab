'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { getContext } from '@/app/session';
import { placeAnonymousHold, releaseAnonymousHold } from '@/lib/anonymous/anonymous-holds';
import { previewAnonymousCleanup } from '@/lib/anonymous/preview-anonymous-cleanup';
import type { Context } from '@/lib/people/context';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** Plans everything that is due; a shorter list is for the command line. */
export async function previewAnonymousCleanupAction(): Promise<ActionResult<never>> {
  const ctx = await getContext();
  const result = await actionResult(() => previewAnonymousCleanup(ctx, {}));
  if (!result.ok) return result;
  redirect(`/cleanup/plans/${result.value.id}`);
}

/** The input is checked by the verbs, here and below. */
export async function placeAnonymousHoldAction(input: Parameters<typeof placeAnonymousHold>[1]) {
  return changing((ctx) => placeAnonymousHold(ctx, input));
}

export async function releaseAnonymousHoldAction(input: Parameters<typeof releaseAnonymousHold>[1]) {
  return changing((ctx) => releaseAnonymousHold(ctx, input));
}

async function changing<T>(work: (ctx: Context) => Promise<T>): Promise<ActionResult<T>> {
  const ctx = await getContext();
  const result = await actionResult(() => work(ctx));
  // What was refused shows in its dialog, which a page made anew might not have any more.
  // Holds stand on the page of all holds as well.
  if (result.ok) revalidatePath('/', 'layout');
  return result;
}
