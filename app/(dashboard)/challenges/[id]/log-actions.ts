'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { setLogRetention } from '@/lib/logs/set-log-retention';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** Brings the retention of one log group in line now. The input is checked by the verb. */
export async function applyLogsAction(
  input: Pick<Parameters<typeof setLogRetention>[1], 'challengeId' | 'environment'>,
): Promise<ActionResult<{ isFine: boolean; message: string }>> {
  const ctx = await getContext();
  const { challengeId, environment } = input;
  const result = await actionResult(async () => {
    const { logs } = await setLogRetention(ctx, { challengeId, environment });
    return { isFine: logs.state === 'applied' || logs.state === 'none', message: logs.explanation };
  });
  revalidatePath('/', 'layout');
  return result;
}
