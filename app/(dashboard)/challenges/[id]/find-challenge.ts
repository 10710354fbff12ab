import { notFound } from 'next/navigation';
import { cache } from 'react';
import { getContext } from '@/app/session';
import { type LoadedChallenge, loadChallenge } from '@/lib/challenges/load-challenge';
import { LapseError } from '@/lib/platform/errors';

/** Once a request, for layout, title and page. What may not be seen looks as if it were not there. */
export const findChallenge = cache(async (id: string): Promise<LoadedChallenge> => {
  if (!/^\d{1,10}$/.test(id)) notFound();
  const ctx = await getContext();
  try {
    return await loadChallenge(ctx, Number(id));
  } catch (error) {
    if (error instanceof LapseError && error.code === 'not_found') notFound();
    throw error;
  }
});
