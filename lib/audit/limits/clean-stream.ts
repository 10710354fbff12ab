import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { audited, type OpenEvent } from '../record';
import type { ChainKeys } from '../seal/append-statement';
import { lockSealing } from '../seal/seal-events';
import { type Obstacle, sayObstacle, setAlarm } from './alarm';
import { type Copies, confirmCopies } from './cut-copies';
import { limitsOf } from './limits-of';
import { type LookedAt, lastCut, lookAtStream, type PlannedCut } from './look-at-stream';
import type { OldestEvent } from './oldest-events';
import type { CutStep } from './plan-cut';
import { deleteCut, recordCut } from './record-cut';
import { type RetryOptions, retryConflicts } from './retry-conflicts';
import { writtenLimits } from './stream-limits';
import { lockStream } from './stream-lock';
import { countUsage, isMiscounted, readUsage, type Usage, writeUsage } from './usage';

/** Events of one transaction at the most: a stream that has far more than its limits allow is cut in several cleanups. */
export const MOST_AT_ONCE = 100_000;
/** So often the stream is another one each time that it is to be cut; the next cleanup goes on. */
const MOST_FRUITLESS = 3;
/** Nobody who appends waits longer for a cleanup that itself waits for somebody else. */
const LOCK_TIMEOUT_MS = 3000;

export interface CleanOptions extends RetryOptions {
  keys: ChainKeys;
  /** 'emergency': an append went beyond the threshold. Both do the same. */
  trigger: 'schedule' | 'emergency';
  most?: number;
  lockTimeoutMs?: number;
}

/** What came of one look at a stream (M4). */
export interface CleanedStream {
  stream: string;
  trigger: CleanOptions['trigger'];
  /** What went. */
  removed: Usage;
  /** By reason, in the order time, count, size. */
  steps: CutStep[];
  /** Null: nothing was to go, and nothing was written. */
  before: Usage | null;
  after: Usage | null;
  /** Why less went than the limits ask for; null: it did not. */
  alarm: string | null;
}

/**
 * Brings a stream within its limits: time, count, size, always the oldest first, all or nothing (M2, M4). Held events and
 * those that no verified archive has stay, with an alarm (M5). Writes nothing when nothing may go. For jobs and appends;
 * checks no access. Throws 'unavailable' when others were in the way each time (M3).
 */
export async function cleanStream(
  ctx: Context,
  stream: string,
  options: CleanOptions,
): Promise<CleanedStream> {
  const done: CleanedStream = {
    stream,
    trigger: options.trigger,
    removed: { events: 0, bytes: 0 },
    steps: [],
    before: null,
    after: null,
    alarm: null,
  };
  let fruitless = 0;
  for (let more = true; more; ) {
    const look = await firstLook(ctx, stream, options);
    if (look === null) return done;
    done.alarm = look.obstacle ? sayObstacle(look.obstacle) : null;
    if (look.planned.ids.size === 0) {
      await setAlarm(ctx, stream, done.alarm);
      return done;
    }
    const cut = await cleanOnce(ctx, stream, look.planned, options);
    if (cut === null) return done;
    fruitless = cut.cut.events.length > 0 ? 0 : fruitless + 1;
    add(done, cut);
    more = (cut.cut.isCutShort || cut.isAnother) && fruitless < MOST_FRUITLESS;
  }
  return done;
}

function add(done: CleanedStream, { before, cut, obstacle }: LookedAt): void {
  done.before ??= before;
  done.after = cut.after;
  done.steps.push(...cut.steps);
  // Of each cut by itself: between two of them others append.
  done.removed.events += before.events - cut.after.events;
  done.removed.bytes += before.bytes - cut.after.bytes;
  done.alarm = obstacle ? sayObstacle(obstacle) : null;
}

interface FirstLook {
  /** What may go, and is in archives that can be counted upon. */
  planned: PlannedCut;
  obstacle: Obstacle | null;
}

/** What may go, without a lock; null: there are no limits. Wrong counters are mended first. */
async function firstLook(
  ctx: Context,
  stream: string,
  { trigger, most = MOST_AT_ONCE }: CleanOptions,
): Promise<FirstLook | null> {
  const limits = await limitsOf(ctx.db, stream);
  if (!limits) return null;
  if (trigger === 'schedule' && (await isMiscounted(ctx.db, stream))) await recount(ctx, stream);
  const [usage, cutBefore] = [await readUsage(ctx.db, stream), await lastCut(ctx.db, stream)];
  const { cut, copies, obstacle } = await lookAtStream(ctx, ctx.db, {
    stream,
    limits,
    usage,
    cutBefore,
    most,
  });
  if (copies.kind === 'final') return { planned: plannedOf(copies, cut.events), obstacle };
  const { events, why } = await confirmCopies(ctx, cut.events);
  return {
    planned: plannedOf(copies, cut.events.slice(0, events)),
    obstacle: why === null ? obstacle : { kind: 'unconfirmed', why },
  };
}

const plannedOf = ({ kind }: Copies, events: readonly OldestEvent[]): PlannedCut => ({
  copies: kind,
  ids: new Set(events.map(({ id }) => id)),
});

const recount = (ctx: Context, stream: string) =>
  ctx.db.transaction(async (tx) => {
    await lockStream(tx, stream);
    await writeUsage(tx, stream, await countUsage(tx, stream));
  });

/** One transaction, tried again where it met others; null: somebody else has removed the limits meanwhile. */
function cleanOnce(
  ctx: Context,
  stream: string,
  planned: PlannedCut,
  options: CleanOptions,
): Promise<LookedAt | null> {
  const reason =
    options.trigger === 'emergency'
      ? 'an append went beyond the threshold of the stream'
      : 'the limits of the stream';
  return audited(ctx, { action: 'audit.limit', target: `stream:${stream}`, reason }, (event) =>
    retryConflicts((attempt) => {
      if (attempt > 1) ctx.log.info({ stream, attempt }, 'cleaning a stream of the audit log again');
      return ctx.db.transaction((tx) => cleanLocked(ctx, tx, stream, { ...options, planned }, event));
    }, options),
  );
}

async function cleanLocked(
  ctx: Context,
  tx: Transaction,
  stream: string,
  { keys, trigger, planned, lockTimeoutMs = LOCK_TIMEOUT_MS }: CleanOptions & { planned: PlannedCut },
  event: OpenEvent,
): Promise<LookedAt | null> {
  await tx.execute(sql`select set_config('lock_timeout', ${String(lockTimeoutMs)}, true)`);
  await lockSealing(tx);
  await lockStream(tx, stream);
  // Batches of the tier's own prune wait, so that what is planned is what is there.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:audit-delete', 0))`);
  const limits = await limitsOf(tx, stream);
  if (!limits) return null;
  const [usage, cutBefore] = [await readUsage(tx, stream), await lastCut(tx, stream)];
  const look = await lookAtStream(ctx, tx, {
    stream,
    limits,
    usage,
    cutBefore,
    most: planned.ids.size,
    planned,
  });
  const now = ctx.clock.now();
  const { cut, copies, obstacle } = look;
  if (cut.events.length === 0) {
    await event.succeed(tx, { newValue: { trigger, removed: { events: 0, bytes: 0 } } });
    return look;
  }
  const reasons = cut.steps.map(({ reason }) => reason).join(', ');
  const end = await recordCut(tx, keys, now, {
    stream,
    events: cut.events,
    copies: copies.kind,
    reason: `${trigger === 'emergency' ? 'an append beyond the threshold' : 'limits of the stream'}: ${reasons}`,
  });
  const deleted = await deleteCut(tx, stream, end, limits.cleanupBatchSize);
  if (deleted !== cut.events.length) throw changedMeanwhile(cut.events.length, deleted);
  await writeUsage(tx, stream, cut.after);
  const bytes = usage.bytes - cut.after.bytes;
  const alarm = obstacle ? sayObstacle(obstacle) : null;
  // Where more is to go, the next look says what of it may.
  const next = cut.isCutShort || look.isAnother ? sql`alarm` : sql`${alarm}`;
  await tx.execute(sql`
    update audit_streams set last_cleanup_at = ${now.toISOString()}::timestamptz, alarm = ${next},
      pruned_events = pruned_events + ${deleted}, pruned_bytes = pruned_bytes + ${bytes}
    where name = ${stream}`);
  const record = {
    trigger,
    removed: { events: deleted, bytes },
    steps: cut.steps,
    copies: copies.kind,
    statement: end.statement,
    alarm,
  };
  await event.succeed(tx, {
    oldValue: usage,
    newValue: { ...cut.after, ...record, limits: writtenLimits(limits) },
  });
  ctx.log.info({ stream, ...record, before: usage, after: cut.after }, 'a stream of the audit log was cut');
  return look;
}

/** A partition was taken away in between: as a conflict, so that it is tried anew. */
const changedMeanwhile = (planned: number, deleted: number) =>
  Object.assign(new Error(`${deleted} events went where ${planned} were planned`), { code: '40001' });
