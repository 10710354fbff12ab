import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { conflict } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { exclusively } from '../exclusive';
import { heldStreams } from '../limits/kept-by-hold';
import { POLICY_SHAPE } from '../policy/policy-schema';
import { DEFAULT_POLICY } from '../policy/tier-policy';
import { audited } from '../record';
import type { ChainKeys } from '../seal/append-statement';
import { confirmedUntil } from './confirmed';
import { coveredRows } from './covered';
import { deleteRows, type MustStay } from './delete-rows';
import { isDetaching, markPruned } from './mark-pruned';
import { dropPartitions } from './partitions';
import { type Copies, isWorthAPrune, permitPrune, permittedUntil, prunableUntil } from './permit';

const limits = z.strictObject({
  hotDays: POLICY_SHAPE.hotDays,
  maxDeleted: POLICY_SHAPE.maxDeletedPerActivation,
});

export interface PruneOptions {
  keys: ChainKeys;
  /** Whole days of 24 hours that events stay in the hot tier, from when they became final. */
  hotDays?: number;
  /** Rows at the most by DELETE in this activation; partitions that are dropped do not count. */
  maxDeleted?: number;
  /** Whole partitions go by themselves where `ownerUrl` is given. */
  dropPartitions?: boolean;
  /** The database URL of the role that owns the tables. Without it nothing is dropped, and rows go in batches. */
  ownerUrl?: string | undefined;
  /** Why nothing may go by this period any more, asked right before each batch and partition goes; null: it may (L7). */
  mustStay?: MustStay;
}

/** The status of an activation (O5). */
export interface Pruned {
  /** Another process is pruning: this one did nothing. */
  isBusy: boolean;
  /** 'archived': what went has copies in verified archives. 'final': it is gone for good. Null: nothing was looked at. */
  copies: Copies | null;
  /** Events that became final strictly before it are too old for the hot tier. Null: nothing was looked at. */
  cutoff: string | null;
  /** How far of that may go now; null: nothing may. */
  until: string | null;
  rowsDeleted: number;
  maxDeleted: number;
  partitionsDropped: number;
  rowsDropped: number;
  /** Why something stays that is old enough, for people; null: nothing does. */
  error: string | null;
}

/** Prunes from the hot tier what is older than `hotDays` (30) and lies in verified archives (T2, L5). For jobs. */
export const pruneArchived = (ctx: Context, options: PruneOptions): Promise<Pruned> =>
  prune(ctx, 'archived', { hotDays: DEFAULT_POLICY.hotDays, ...options });

/** Prunes what is older than `hotDays` (90), for good: for installations without an archive (O3). For jobs. */
export const pruneWithoutArchive = (ctx: Context, options: PruneOptions): Promise<Pruned> =>
  prune(ctx, 'final', { hotDays: DEFAULT_POLICY.retentionDays, ...options });

async function prune(
  ctx: Context,
  copies: Copies,
  {
    hotDays: days,
    maxDeleted: most = DEFAULT_POLICY.maxDeletedPerActivation,
    ...options
  }: PruneOptions & { hotDays: number },
): Promise<Pruned> {
  const { hotDays, maxDeleted } = parse(limits, { hotDays: days, maxDeleted: most });
  const cutoff = addDays(ctx.clock.now(), -hotDays);
  const done: Pruned = {
    isBusy: false,
    copies,
    cutoff: cutoff.toISOString(),
    until: null,
    rowsDeleted: 0,
    maxDeleted,
    partitionsDropped: 0,
    rowsDropped: 0,
    error: null,
  };
  const result = await exclusively(ctx, 'audit-prune', async () => {
    const old = await prunableUntil(ctx.db, cutoff, copies);
    if (old === null) return done;
    const isArchived = copies === 'archived';
    const { until: prunable, problem } = isArchived
      ? await confirmedUntil(ctx, old)
      : { until: old, problem: null };
    done.error = problem;
    const permitted = await permittedUntil(ctx.db);
    const extend = isWorthAPrune(prunable, permitted);
    // A longer period holds at once: what an earlier prune permits, and is young enough now, stays.
    const until = extend || permitted === null || permitted > prunable ? prunable : permitted;
    done.until = until;
    const removable = await removableRows(ctx, { isArchived, until, done });
    if (!extend && !removable && !(await isDetaching(ctx))) return done;
    const reason = `events stay in the hot tier for ${hotDays} days`;
    return audited(ctx, { action: 'audit.prune', reason }, async (event) => {
      if (extend) {
        await ctx.db.transaction(async (tx) => {
          await assertMayGo(tx, options);
          await permitPrune(ctx, tx, { keys: options.keys, until, copies, reason });
        });
      }
      await assertMayGo(ctx.db, options);
      await removeUntil(ctx, { ...options, isArchived, until, done }, removable);
      const { isBusy: _, ...values } = done;
      event.note({ newValue: values });
      return done;
    });
  });
  return result ?? { ...done, isBusy: true };
}

async function assertMayGo(db: Queryable, { mustStay }: Pick<PruneOptions, 'mustStay'>): Promise<void> {
  const why = await mustStay?.(db);
  if (why) throw conflict(why);
}

interface Removal extends Omit<PruneOptions, 'keys' | 'hotDays' | 'maxDeleted'> {
  isArchived: boolean;
  /** Exclusive, of time_completed. */
  until: string;
  done: Pruned;
}

interface Range {
  start: string;
  end: string;
}

/** The range of what may be deleted now; null when that is nothing. What has no copy in an archive is told in `done`. */
async function removableRows(ctx: Context, { isArchived, until, done }: Removal): Promise<Range | null> {
  if (!isArchived) {
    const held = (await heldStreams(ctx.db)).join(',');
    const [old] = await ctx.db.execute(sql`
      select 1 from audit_events
      where time_completed < ${until}::timestamptz and stream <> all(string_to_array(${held}, ',')) limit 1`);
    return old ? { start: '-infinity', end: until } : null;
  }
  const { range, problem } = await coveredRows(ctx.db, until, done.maxDeleted);
  if (problem && done.error === null) {
    ctx.log.error({ problem }, 'the audit log is not pruned further');
    done.error = problem;
  }
  return range;
}

async function removeUntil(ctx: Context, removal: Removal, removable: Range | null): Promise<void> {
  const { isArchived: archived, until, done, ownerUrl, dropPartitions: mayDrop = true, mustStay } = removal;
  let range = removable;
  if (mayDrop && ownerUrl !== undefined) {
    const dropped = await dropPartitions(ctx, { until, ownerUrl, archived, mustStay });
    done.partitionsDropped = dropped.partitions;
    done.rowsDropped = dropped.rows;
    done.error ??= dropped.problem;
    if (dropped.partitions > 0) range = await removableRows(ctx, removal);
  }
  if (range) {
    const { rows, stopped } = await deleteRows(ctx.db, range, done.maxDeleted - done.rowsDeleted, mustStay);
    done.rowsDeleted += rows;
    done.error ??= stopped;
  }
  await markPruned(ctx, until);
}
