import type { Context } from '@/lib/people/context';
import { readEnv } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { readTierPolicy } from '../policy/read-policy';
import { whyKeptLonger } from '../policy/recheck-policy';
import { hotPeriod, type TierPolicy } from '../policy/tier-policy';
import { chainKeys } from '../seal/chain-keys';
import { notDueBefore } from './not-due';
import { type Pruned, type PruneOptions, pruneArchived, pruneWithoutArchive } from './prune-hot';

/** What an activation did; `notBefore` is the instant before which it has nothing to do, when it came too early. */
export type Activation = Pruned & { notBefore?: string };

const NOTHING: Pruned = {
  isBusy: false,
  copies: null,
  cutoff: null,
  until: null,
  rowsDeleted: 0,
  maxDeleted: 0,
  partitionsDropped: 0,
  rowsDropped: 0,
  error: null,
};

/**
 * One activation of the prune, by the policy in force and with the keys of this process; partitions are dropped only where it
 * is told the owner of the tables (DATABASE_OWNER_URL). One that a schedule begins waits for its period (O3), one that somebody
 * asked for does not. Whatever happens ends in a status (O5), with why in `error`: with an impossible policy nothing is removed.
 */
export async function pruneHotTier(
  ctx: Context,
  { waits = false }: { waits?: boolean } = {},
): Promise<Activation> {
  try {
    const policy = await readTierPolicy(ctx);
    const notBefore = waits ? await notDueBefore(ctx, policy.periodSeconds) : null;
    if (notBefore !== null) return { ...NOTHING, notBefore, maxDeleted: policy.maxDeletedPerActivation };
    const options = optionsOf(policy, ctx.clock.now());
    return policy.archive ? await pruneArchived(ctx, options) : await pruneWithoutArchive(ctx, options);
  } catch (error) {
    ctx.log.error({ err: error }, 'pruning the audit log failed');
    const why =
      error instanceof LapseError ? error.message : "A fault of Lapse; the server's log has the details.";
    return { ...NOTHING, error: why };
  }
}

const optionsOf = (policy: TierPolicy, now: Date): PruneOptions => ({
  keys: chainKeys(),
  hotDays: hotPeriod(policy),
  maxDeleted: policy.maxDeletedPerActivation,
  dropPartitions: policy.dropPartitions,
  ownerUrl: readEnv().DATABASE_OWNER_URL,
  mustStay: (db) => whyKeptLonger(db, now, policy),
});

/** The status of an activation, for its run, under the names of O5: numbers among its counts, and the rest in its details. */
export const pruneStatus = (pruned: Activation) => ({
  counts: {
    rows_deleted: pruned.rowsDeleted,
    max_deleted_per_activation: pruned.maxDeleted,
    partitions_dropped: pruned.partitionsDropped,
    rows_dropped: pruned.rowsDropped,
  },
  details: {
    cutoff: pruned.cutoff,
    error: pruned.error,
    ...(pruned.notBefore && { not_before: pruned.notBefore }),
  },
});

/** The same in a sentence, with the cutoff in UTC and what went wrong. */
export function pruneWords(pruned: Activation): string {
  const { isBusy, copies, cutoff, rowsDeleted, partitionsDropped, rowsDropped, error, notBefore } = pruned;
  if (isBusy) return 'Another process was pruning.';
  if (notBefore) return `Nothing is pruned before ${notBefore}: that is the period of the cleanup.`;
  if (cutoff === null) return `Nothing was pruned. ${error ?? ''}`.trimEnd();
  const dropped =
    partitionsDropped > 0
      ? `, and ${formatNumber(rowsDropped)} in ${formatCount(partitionsDropped, 'whole partition')}`
      : '';
  const [were, are] = rowsDeleted === 1 ? ['was', 'is'] : ['were', 'are'];
  const words =
    copies === 'final'
      ? `${formatCount(rowsDeleted, 'event')} that ${were} final before ${cutoff} ${are} gone for good${dropped}.`
      : `${formatCount(rowsDeleted, 'archived event')} that ${were} final before ${cutoff} left the hot tier${dropped}.`;
  return error ? `${words} ${error}` : words;
}
