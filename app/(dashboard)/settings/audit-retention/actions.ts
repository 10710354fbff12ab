'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import {
  type ChangedRetention,
  cancelShortening,
  changeRetention,
} from '@/lib/audit/policy/change-retention';
import { type Simulation, simulateRetention } from '@/lib/audit/policy/simulate';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

const PATH = '/settings/audit-retention';

/** The input is checked by the verbs. */
export async function simulateRetentionAction(
  input: Parameters<typeof simulateRetention>[1],
): Promise<ActionResult<Simulation>> {
  const ctx = await getContext();
  return actionResult(() => simulateRetention(ctx, input));
}

export async function changeRetentionAction(
  input: Parameters<typeof changeRetention>[1],
): Promise<ActionResult<ChangedRetention>> {
  const ctx = await getContext();
  const result = await actionResult(() => changeRetention(ctx, input));
  revalidatePath(PATH);
  return result;
}

export async function cancelShorteningAction(
  input: Parameters<typeof cancelShortening>[1],
): Promise<ActionResult<ChangedRetention>> {
  const ctx = await getContext();
  const result = await actionResult(() => cancelShortening(ctx, input));
  revalidatePath(PATH);
  return result;
}
