import { and, eq, notInArray } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { runnerFunctions, runnerSchedules, runnerTicks } from '@/db/schema/runner';
import { storeEvent } from './events';
import { type FunctionConfig, parseCron } from './function-config';
import type { RunnerContext } from './runner-context';
import { beginRun } from './runs';

/** Remembers the functions, and from when on each schedule is kept. A schedule that is gone is forgotten. */
export async function registerFunctions(
  ctx: RunnerContext,
  functions: FunctionConfig[],
  raw: Record<string, unknown>[],
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    for (const [place, fn] of functions.entries()) {
      const row = { id: fn.id, config: raw[place] ?? {}, discoveredAt: now };
      await tx
        .insert(runnerFunctions)
        .values(row)
        .onConflictDoUpdate({ target: runnerFunctions.id, set: row });
      await tx
        .delete(runnerSchedules)
        .where(
          and(
            eq(runnerSchedules.functionId, fn.id),
            fn.crons.length > 0 ? notInArray(runnerSchedules.cron, fn.crons) : undefined,
          ),
        );
      for (const cron of fn.crons) {
        await tx
          .insert(runnerSchedules)
          .values({ functionId: fn.id, cron, since: now })
          .onConflictDoNothing();
      }
    }
  });
}

/** The last instant, not after `now`, that the schedule names; null when there is none. */
export function latestTick(cron: string, now: Date): Date | null {
  // The reference itself is not part of the answer, and a schedule's ticks are whole seconds.
  return (
    parseCron(cron).previousRuns(1, new Date(now.getTime() + 1000 - now.getUTCMilliseconds()))[0] ?? null
  );
}

/**
 * Begins the runs whose tick has come. Of the ticks that were missed while the product was off only the latest runs,
 * once, and only when it is not older than the catch-up window (RunnerSettings). The row of a tick has a unique key, so
 * two runners, or one that was started again, cannot run one tick twice. `nextLook` keeps, by schedule, when there is
 * something to notice again, in milliseconds.
 */
export async function noticeTicks(ctx: RunnerContext, nextLook: Map<string, number>): Promise<void> {
  const now = ctx.clock.now();
  for (const fn of ctx.functions.values()) {
    for (const cron of fn.crons) {
      const key = `${fn.id} ${cron}`;
      if (now.getTime() < (nextLook.get(key) ?? 0)) continue;
      const tick = latestTick(cron, now);
      if (tick) await ctx.db.transaction((tx) => runTick(ctx, tx, fn, cron, tick));
      nextLook.set(key, parseCron(cron).nextRun(now)?.getTime() ?? Number.POSITIVE_INFINITY);
    }
  }
}

async function runTick(
  ctx: RunnerContext,
  tx: Transaction,
  fn: FunctionConfig,
  cron: string,
  tick: Date,
): Promise<void> {
  const [schedule] = await tx
    .select({ since: runnerSchedules.since })
    .from(runnerSchedules)
    .where(and(eq(runnerSchedules.functionId, fn.id), eq(runnerSchedules.cron, cron)));
  if (!schedule || tick < schedule.since) return;

  const now = ctx.clock.now();
  const tooLate = now.getTime() - tick.getTime() > ctx.settings.catchUpMs;
  const eventId = tooLate ? null : `schedule/${fn.id}/${cron}/${tick.toISOString()}`;
  const noted = await tx
    .insert(runnerTicks)
    .values({ functionId: fn.id, cron, tick, noticedAt: now, eventId })
    .onConflictDoNothing()
    .returning({ tick: runnerTicks.tick });
  if (noted.length === 0) return;
  if (!eventId) {
    ctx.log.warn({ function: fn.id, cron, tick }, 'a tick was missed for too long and is not caught up on');
    return;
  }
  const event = { id: eventId, name: 'inngest/scheduled.timer', data: { cron }, ts: tick.getTime() };
  await storeEvent(ctx, tx, event);
  await beginRun(ctx, tx, fn, event);
}
