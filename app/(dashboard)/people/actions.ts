'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import { createPerson } from '@/lib/people/create-person';
import { type UpdatedPerson, updatePerson } from '@/lib/people/update-person';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';

/** The input is checked by the verb. */
export async function createPersonAction(
  input: Parameters<typeof createPerson>[1],
): Promise<ActionResult<{ username: string }>> {
  const ctx = await getContext();
  const result = await actionResult(() => createPerson(ctx, input));
  revalidatePath('/people');
  return result;
}

/** The input is checked by the verb. */
export async function updatePersonAction(
  input: Parameters<typeof updatePerson>[1],
): Promise<ActionResult<UpdatedPerson>> {
  const ctx = await getContext();
  const result = await actionResult(() => updatePerson(ctx, input));
  revalidatePath('/people');
  return result;
}
