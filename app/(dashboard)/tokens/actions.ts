'use server';

import { revalidatePath } from 'next/cache';
import { getContext } from '@/app/session';
import type { ShownToken } from '@/components/tokens/new-token';
import { type ActionResult, actionResult } from '@/lib/platform/action-result';
import { acceptToken } from '@/lib/tokens/accept-token';
import { createToken } from '@/lib/tokens/create-token';
import { revokeToken } from '@/lib/tokens/revoke-token';

/** The input is checked by the verb. The answer is the only place where the token is ever seen. */
export async function createTokenAction(
  input: Parameters<typeof createToken>[1],
): Promise<ActionResult<ShownToken>> {
  const ctx = await getContext();
  const result = await actionResult(async () => {
    const { secret, waitsFor } = await createToken(ctx, input);
    return { secret, waitsFor };
  });
  revalidatePath('/tokens');
  return result;
}

/** The input is checked by the verb. */
export async function revokeTokenAction(
  input: Parameters<typeof revokeToken>[1],
): Promise<ActionResult<{ tokenId: string }>> {
  const ctx = await getContext();
  const result = await actionResult(() => revokeToken(ctx, input));
  revalidatePath('/', 'layout');
  return result;
}

/** The input is checked by the verb. */
export async function acceptTokenAction(
  input: Parameters<typeof acceptToken>[1],
): Promise<ActionResult<{ tokenId: string }>> {
  const ctx = await getContext();
  const result = await actionResult(() => acceptToken(ctx, input));
  revalidatePath('/', 'layout');
  return result;
}
