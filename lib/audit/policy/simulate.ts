import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { readSetting } from '@/lib/settings/read-setting';
import { heldStreams } from '../limits/kept-by-hold';
import { refuse } from '../record';
import { type Delays, forecastSize, type SizeForecast } from '../size/forecast';
import { growthOf, sealedDays } from '../size/growth';
import { measureTiers } from '../size/measure-tiers';
import { type Moves, movesBetween } from './moves';
import { type PlannedChange, planChange } from './plan-change';
import { changesSchema } from './policy-schema';
import { standingPolicy } from './stored-policy';
import { hotPeriod, type PolicyChanges, type TierPolicy } from './tier-policy';

export interface Simulation extends PlannedChange {
  /** What it removes or moves that would stay without it: at once, and on the day when what is shorter holds. */
  moves: Moves[];
  /** Streams with a hold: nothing of them goes that has no copy, and no archive of theirs expires (L3). */
  heldStreams: string[];
  /** What the tiers are going to hold under the policy in force and under the new one; null: too little is known yet. */
  forecast: { before: SizeForecast | null; after: SizeForecast | null };
  /** For changeRetention: what was shown, so that nothing else is confirmed. */
  shown: string;
}

const input = z.strictObject({ changes: changesSchema });

/**
 * What a change of the retention would do, and when (L4): from segments, archives and catalogue, never by counting events.
 * Writes nothing. For whoever reads settings; throws as planChange does, and 'forbidden' (which leaves an audit event).
 */
export async function simulateRetention(ctx: Context, args: { changes: PolicyChanges }): Promise<Simulation> {
  const { changes } = parse(input, args);
  if (!can(ctx.actor, 'settings.read')) {
    await refuse(
      ctx,
      { target: 'audit-retention' },
      'Only admins and auditors may see what a change would do.',
    );
  }
  const now = ctx.clock.now();
  const plan = planChange(await standingPolicy(ctx.db, now), changes, now);
  const [moves, held, forecast] = [
    await movesOf(ctx.db, plan, now),
    await heldStreams(ctx.db),
    await forecasts(ctx.db, plan, now),
  ];
  return { ...plan, moves, heldStreams: held, forecast, shown: tokenOf(plan, moves) };
}

/** Those of both days on which something changes; without the ones that move nothing. */
export async function movesOf(db: Queryable, plan: PlannedChange, now: Date): Promise<Moves[]> {
  const { before, after, target } = plan;
  const steps = [{ at: now, before, after: after.inForce }];
  if (after.pending) steps.push({ at: after.pending.from, before: after.inForce, after: target });
  const moves: Moves[] = [];
  for (const step of steps) {
    const found = await movesBetween(db, step);
    if (movedEvents(found).some((events) => events > 0) || found.waiting.events > 0) moves.push(found);
  }
  return moves;
}

const movedEvents = ({ toArchives, gone, toCold, expired }: Moves): number[] =>
  [toArchives, gone, toCold, expired].map(({ events }) => events);

/** What was shown, as a text to be handed back: which change to which policy, and how many events it moves and removes. */
export function tokenOf(plan: PlannedChange, moves: readonly Moves[]): string {
  return [basisOf(plan), ...sums(moves)].join('.');
}

function basisOf({ before, target, after }: PlannedChange): string {
  const basis = JSON.stringify([before, target, after.inForce, after.pending !== null]);
  return createHash('sha256').update(basis).digest('hex').slice(0, 16);
}

const sums = (moves: readonly Moves[]): number[] =>
  [0, 1, 2, 3].map((place) => moves.reduce((sum, step) => sum + (movedEvents(step)[place] ?? 0), 0));

/** Events that come and days that end while somebody reads are no other situation. */
const MATERIAL_EVENTS = 1000;
const MATERIAL_SHARE = 0.01;

/**
 * Whether the change does something else by now than what was shown: it changes another policy, or moves or removes more, by
 * over 1,000 events and over 1%. A text that is none of ours is another situation.
 */
export function isAnother(shown: string, plan: PlannedChange, moves: readonly Moves[]): boolean {
  const [basis, ...counts] = shown.split('.');
  if (basis !== basisOf(plan) || counts.length !== 4) return true;
  return sums(moves).some((events, place) => {
    const before = Number(counts[place]);
    return !(events - before <= Math.max(MATERIAL_EVENTS, before * MATERIAL_SHARE));
  });
}

/** Nobody confirms what he has not seen: whatever removes, moves or waits has to be shown first. */
export const mustBeShown = ({ after }: PlannedChange, moves: readonly Moves[]): boolean =>
  after.pending !== null || moves.length > 0;

/** Growth is told by the last five weeks. */
const GROWTH_DAYS = 35;

async function forecasts(db: Queryable, plan: PlannedChange, now: Date) {
  const measured = await measureTiers(db);
  const growth = growthOf(await sealedDays(db, now, GROWTH_DAYS));
  const budgets = {
    hotBytes: await readSetting(db, 'audit.hot-bytes-warning'),
    archiveBytes: await readSetting(db, 'audit.archive-bytes-warning'),
  };
  const under = (policy: TierPolicy, delays: Delays) =>
    forecastSize(now, measured, growth, policy, budgets, delays);
  return { before: under(plan.before, {}), after: under(plan.target, delaysOf(plan)) };
}

/** What is shorter holds from its day on, and until then nothing leaves by it. */
function delaysOf({ after, target }: PlannedChange): Delays {
  const from = after.pending?.from;
  if (!from) return {};
  const isLater = (period: (policy: TierPolicy) => number | null) => period(after.inForce) !== period(target);
  return {
    ...(isLater(hotPeriod) && { hot: from }),
    ...(isLater(({ warmDays }) => warmDays) && { warm: from }),
    ...(isLater(({ coldDays }) => coldDays) && { archives: from }),
  };
}
