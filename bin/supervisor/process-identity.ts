import { z } from 'zod';
import { isRunning, startMark } from '../../db/embedded/processes';

/** A process by its number and what tells it from a later one with the same number. */
export const processIdentity = z.object({ pid: z.number().int().positive(), mark: z.string().optional() });
export type ProcessIdentity = z.infer<typeof processIdentity>;

export function identify(pid: number): ProcessIdentity {
  const mark = startMark(pid);
  return mark === undefined ? { pid } : { pid, mark };
}

/** Whether this very process still runs, and not another that got its number. */
export function isSame({ pid, mark }: ProcessIdentity): boolean {
  if (!isRunning(pid)) return false;
  const now = startMark(pid);
  return mark === undefined || now === undefined || mark === now;
}
