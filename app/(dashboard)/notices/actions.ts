'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { sendNoticeAgain } from '@/lib/notices/send-notice-again';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** The input is checked by the verb. */
export async function sendAgainAction(
  input: Parameters<typeof sendNoticeAgain>[1],
): Promise<ActionResult<{ accepted: number; refused: number }>> {
  const ctx = await getContext();
  const result = await actionResult(() => sendNoticeAgain(ctx, input));
  // A refusal is read first: the notice itself may be gone, when nothing that it named is due any more.
  if (result.ok) revalidatePath('/', 'layout');
  return result;
}
