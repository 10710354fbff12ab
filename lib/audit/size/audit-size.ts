import { z } from 'zod';
import type { TierPolicy } from '@/lib/audit/policy/read-policy';
import { readTierPolicy } from '@/lib/audit/policy/read-policy';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { shown } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { readSetting } from '@/lib/settings/read-setting';
import { mayReadLog } from '../may-read-log';
import { streamName } from '../streams';
import { forecastSize, type SizeForecast } from './forecast';
import { dateOf, type Growth, growthOf, type SealedDay, sealedDays, startOfDay } from './growth';
import { type MeasuredTiers, measureTiers } from './measure-tiers';
import { samplesSince, type TierSample } from './samples-since';
import { type StreamForecast, streamForecasts } from './stream-forecast';
import { type TopNames, topNames } from './top-names';

/** Whole days that the charts and the lists of names can reach back. */
export const SIZE_WINDOWS = [7, 30, 90, 365] as const;
export type SizeWindow = (typeof SIZE_WINDOWS)[number];
const DEFAULT_WINDOW: SizeWindow = 30;

/** Growth is told by the last five weeks, however short the window is. */
const GROWTH_DAYS = 35;

const input = z.strictObject({
  days: z
    .literal([...SIZE_WINDOWS], {
      error: ({ input: days }) => `${shown(days)} is no window: use ${SIZE_WINDOWS.join(', ')} days`,
    })
    .default(DEFAULT_WINDOW),
  /** Whose actions and actors are listed; those of all streams when left out. */
  stream: streamName.optional(),
});

export type AuditSizeInput = z.input<typeof input>;

/** All about the size of the audit log (T4). */
export interface AuditSize extends MeasuredTiers {
  at: Date;
  days: SizeWindow;
  stream: string | undefined;
  /** Of the window, by time and tier. */
  samples: TierSample[];
  /** What came in on each whole UTC day of the window. */
  sealedDays: SealedDay[];
  /** Null: there are not three whole days yet. */
  growth: Growth | null;
  /** The periods that the forecast assumes; null when what is set is impossible, see `policyError`. */
  policy: TierPolicy | null;
  policyError: string | null;
  /** Null without growth, or without a policy. */
  forecast: SizeForecast | null;
  top: TopNames;
  /** The streams that have limits (M1), by name. */
  streams: StreamForecast[];
}

/**
 * How large the audit log is now and was, how fast it grows, what it is going to hold, and what fills it (T4). Reads the
 * catalogue, samples and counters; its time does not depend on the number of events. For whoever reads the audit log;
 * throws 'forbidden' (which leaves an audit event) and 'invalid'.
 */
export async function auditSize(ctx: Context, args: AuditSizeInput = {}): Promise<AuditSize> {
  const { days, stream } = parse(input, args);
  await mayReadLog(ctx);
  const [db, at] = [ctx.db, ctx.clock.now()];
  const [measured, samples, sealed, top, streams, budgets, { policy, policyError }] = await Promise.all([
    measureTiers(db),
    samplesSince(db, at, days),
    sealedDays(db, at, Math.max(days, GROWTH_DAYS)),
    topNames(db, { from: firstDay(at, days), stream }),
    streamForecasts(db, at),
    readBudgets(ctx),
    policyOf(ctx),
  ]);
  const growth = growthOf(sealed.slice(-GROWTH_DAYS));
  return {
    ...measured,
    at,
    days,
    stream,
    samples,
    sealedDays: sealed.slice(-days),
    growth,
    policy,
    policyError,
    forecast: policy && forecastSize(at, measured, growth, policy, budgets),
    top,
    streams,
  };
}

/** The window ends with today, as the counters of names do. */
const firstDay = (now: Date, days: number): string => dateOf(addDays(startOfDay(now), 1 - days));

const readBudgets = async ({ db }: Context) => ({
  hotBytes: await readSetting(db, 'audit.hot-bytes-warning'),
  archiveBytes: await readSetting(db, 'audit.archive-bytes-warning'),
});

/** An impossible policy is told; it hides no size. */
async function policyOf(ctx: Context): Promise<Pick<AuditSize, 'policy' | 'policyError'>> {
  try {
    return { policy: await readTierPolicy(ctx), policyError: null };
  } catch (error) {
    if (error instanceof LapseError) return { policy: null, policyError: error.message };
    throw error;
  }
}
