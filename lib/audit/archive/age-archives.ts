import type { Context } from '@/lib/people/context';
import { readEnv } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { readTierPolicy } from '../policy/read-policy';
import { whyKeptLonger } from '../policy/recheck-policy';
import type { TierPolicy } from '../policy/tier-policy';
import { chainKeys } from '../seal/chain-keys';
import { type Compacted, compactDue } from './compact-due';
import type { Keeps } from './expire-archive';
import { type Expired, expireDue } from './expire-due';
import { keptByHolds } from './kept-by-holds';
import { type Removed, removeDue } from './remove-due';

/*
 * What the policy in force asks of archives, an archive at a time, so that a job can make each a step of its own. `except`
 * names what has failed in this run already. With an impossible policy nothing changes, and it says so.
 */

/** Lets the next archive expire that is older than all of its tiers. */
export async function expireNext(ctx: Context, except: readonly string[]): Promise<Expired> {
  return byPolicy(
    ctx,
    (policy) => {
      const now = ctx.clock.now();
      // A longer retention that commits before the archive goes keeps it.
      const keeps: Keeps = async (db, archive) =>
        (await whyKeptLonger(db, now, policy)) ?? keptByHolds(db, archive);
      return expireDue(ctx, { keys: chainKeys(), coldDays: policy.coldDays, keeps, archives: 1, except });
    },
    (error) => ({
      isBusy: false,
      expired: [],
      kept: [],
      failed: [{ id: 'policy', archive: 'What is old enough', error }],
    }),
  );
}

/** Makes the next monthly archive. Where archives expire before that, there are none. */
export async function compactNext(ctx: Context, except: readonly string[]): Promise<Compacted> {
  return byPolicy(
    ctx,
    async ({ warmDays, coldDays }) => {
      if (coldDays !== null && coldDays <= warmDays) return { isBusy: false, compacted: [], failed: [] };
      const storageClass = readEnv().LAPSE_AUDIT_COLD_STORAGE_CLASS;
      return compactDue(ctx, { warmDays, storageClass, parts: 1, except });
    },
    (error) => ({ isBusy: false, compacted: [], failed: [{ id: 'What is old enough', error }] }),
  );
}

/** Removes the next objects that count no more; whatever the policy is, that was decided before. */
export const removeNext = (ctx: Context, except: readonly string[]): Promise<Removed> =>
  removeDue(ctx, { groups: 1, except });

async function byPolicy<T>(
  ctx: Context,
  work: (policy: TierPolicy) => Promise<T>,
  impossible: (why: string) => T,
): Promise<T> {
  let policy: TierPolicy;
  try {
    policy = await readTierPolicy(ctx);
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
    return impossible(error.message);
  }
  return work(policy);
}
