import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { readTierPolicy } from './read-policy';

/** Whether events are archived now. With an impossible policy they are: a copy too many takes nothing away. For jobs. */
export async function isArchiving(ctx: Pick<Context, 'db' | 'clock'>): Promise<boolean> {
  try {
    return (await readTierPolicy(ctx)).archive;
  } catch (error) {
    if (error instanceof LapseError) return true;
    throw error;
  }
}
