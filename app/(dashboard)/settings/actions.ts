'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';
import { type ChangedSetting, changeSetting } from '@/lib/settings/change-setting';

/** The input is checked by the verb. */
export async function changeSettingAction(
  input: Parameters<typeof changeSetting>[1],
): Promise<ActionResult<ChangedSetting>> {
  const ctx = await getContext();
  const result = await actionResult(() => changeSetting(ctx, input));
  revalidatePath('/settings');
  return result;
}
