import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { readEnv } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { chainKeys } from '../seal/chain-keys';
import { HOT_DAYS, MAX_DELETED_PER_ACTIVATION, type Pruned, pruneArchived } from './prune-hot';

/**
 * One activation of the prune, with the keys of this process; partitions are dropped only where it is told the owner of the
 * tables (DATABASE_OWNER_URL). Whatever happens ends in a status (O5), with why in `error`.
 */
export async function pruneHotTier(ctx: Context): Promise<Pruned> {
  try {
    return await pruneArchived(ctx, { keys: chainKeys(), ownerUrl: readEnv().DATABASE_OWNER_URL });
  } catch (error) {
    ctx.log.error({ err: error }, 'pruning the audit log failed');
    return {
      isBusy: false,
      cutoff: addDays(ctx.clock.now(), -HOT_DAYS).toISOString(),
      until: null,
      rowsDeleted: 0,
      maxDeleted: MAX_DELETED_PER_ACTIVATION,
      partitionsDropped: 0,
      rowsDropped: 0,
      error:
        error instanceof LapseError ? error.message : "A fault of Lapse; the server's log has the details.",
    };
  }
}

/** The status of an activation, for its run, under the names of O5: numbers among its counts, and the rest in its details. */
export const pruneStatus = (pruned: Pruned) => ({
  counts: {
    rows_deleted: pruned.rowsDeleted,
    max_deleted_per_activation: pruned.maxDeleted,
    partitions_dropped: pruned.partitionsDropped,
    rows_dropped: pruned.rowsDropped,
  },
  details: { cutoff: pruned.cutoff, error: pruned.error },
});

/** The same in a sentence, with the cutoff in UTC and what went wrong. */
export function pruneWords({
  isBusy,
  cutoff,
  rowsDeleted,
  partitionsDropped,
  rowsDropped,
  error,
}: Pruned): string {
  if (isBusy) return 'Another process was pruning.';
  const dropped =
    partitionsDropped > 0 ? `, and ${rowsDropped} in ${partitionsDropped} whole partitions` : '';
  const words = `${rowsDeleted} archived events that were final before ${cutoff} left the hot tier${dropped}.`;
  return error ? `${words} ${error}` : words;
}
