import { addDays } from '@/lib/platform/clock';
import type { AnonymousReason } from './reasons';

/** Whole days of 24 hours in which a policy is in force, and shown, until it covers what was there before it (R2). */
export const DAYS_IN_FORCE = 14;

/** After so many hours without a sign of life Lapse did not run since the last one. Signs come with every hour. */
export const HOURS_UNSEEN = 24;

export interface PublicPolicy {
  publicMode: boolean;
  /** Whole days of 24 hours. */
  retentionDays: number;
  inForceFrom: Date;
}

/** A time in which Lapse did not run. */
export interface Gap {
  stoppedAt: Date;
  resumedAt: Date;
}

/** A policy with what coversOldFrom says of it. */
export type CoveringPolicy = PublicPolicy & { coversOldFrom: Date };

/** All that the rule needs to know of one transcript. */
export interface AnonymousFacts {
  owned: boolean;
  /** Whether a hold stands on it, or on all anonymous data (L3). */
  held: boolean;
  /** Null: the platform did not say. */
  createdAt: Date | null;
  /** Whether a recording or meeting that it names, or that its recording names, has not been received. */
  lacksRecord: boolean;
}

export interface AnonymousDecision {
  reason: AnonymousReason;
  /**
   * When it may go at the earliest if nothing changes: at that instant where a policy begins to cover it, and after it where
   * its period ends. Null: never, under the policies there are. What it names is expected to arrive until then.
   */
  mayGoFrom: Date | null;
}

/** For good, in days. */
const FOR_GOOD = Number.POSITIVE_INFINITY;

/**
 * From when on a policy holds for what was made before it: when it has been in force, and shown, for DAYS_IN_FORCE days (R2).
 * While Lapse does not run nobody can see it, so the `gaps`, the oldest first and none over another, do not count. lib/anonymous/
 * policies-at.ts says the same as SQL.
 */
export function coversOldFrom({ inForceFrom }: PublicPolicy, gaps: readonly Gap[]): Date {
  let covers = addDays(inForceFrom, DAYS_IN_FORCE).getTime();
  for (const { stoppedAt, resumedAt } of gaps) {
    const begun = Math.max(stoppedAt.getTime(), inForceFrom.getTime());
    if (begun < covers && resumedAt > inForceFrom) covers += resumedAt.getTime() - begun;
  }
  return new Date(covers);
}

/**
 * Decides about one transcript at `now` (R1, R2, L3, L4). `policies` are all that were ever recorded, in the order in which they
 * came into force.
 */
export function decideAnonymous(
  { owned, held, createdAt, lacksRecord }: AnonymousFacts,
  policies: readonly CoveringPolicy[],
  now: Date,
): AnonymousDecision {
  const latest = policies.at(-1);
  if (!latest?.publicMode) return { reason: 'mode-off', mayGoFrom: null };
  if (owned) return { reason: 'owned', mayGoFrom: null };
  if (held) return { reason: 'held', mayGoFrom: null };
  if (createdAt === null) return { reason: 'no-creation-time', mayGoFrom: null };
  const mayGoFrom = earliest(policies, createdAt);
  if (!isOver(createdAt, latest.retentionDays, now)) return { reason: 'not-old-enough', mayGoFrom };
  if (!isOver(createdAt, daysThatApply(policies, createdAt, now), now)) {
    return { reason: 'policy-too-new', mayGoFrom };
  }
  // It would leave behind what nobody refers to and nothing ever deletes.
  if (lacksRecord) return { reason: 'record-not-received', mayGoFrom: null };
  return { reason: 'due', mayGoFrom };
}

/**
 * The days that apply to an item at `now`: the longest of the policies from the last one back to the first that covers it.
 * So a longer period holds at once, and a shorter one for old items after those 14 days (L4). Infinite: for good, which is what a
 * policy with the mode off means, and what holds where none covers the item.
 */
export function daysThatApply(policies: readonly CoveringPolicy[], createdAt: Date, now: Date): number {
  let days = 0;
  for (const policy of policies.toReversed()) {
    days = Math.max(days, daysOf(policy));
    if (coversFrom(policy, createdAt) <= now.getTime()) return days;
  }
  return FOR_GOOD;
}

const daysOf = ({ publicMode, retentionDays }: CoveringPolicy) => (publicMode ? retentionDays : FOR_GOOD);

/** Milliseconds since 1970; what is made under a policy is covered from its beginning. */
const coversFrom = (policy: CoveringPolicy, createdAt: Date): number =>
  createdAt >= policy.inForceFrom ? Number.NEGATIVE_INFINITY : policy.coversOldFrom.getTime();

/** Strictly: exactly at the cutoff it stays. */
const isOver = (createdAt: Date, days: number, now: Date): boolean =>
  days !== FOR_GOOD && addDays(createdAt, days) < now;

/** By whichever policy is the first to cover the item with its period over. */
function earliest(policies: readonly CoveringPolicy[], createdAt: Date): Date | null {
  let days = 0;
  let first = FOR_GOOD;
  for (const policy of policies.toReversed()) {
    days = Math.max(days, daysOf(policy));
    if (days === FOR_GOOD) break;
    first = Math.min(first, Math.max(coversFrom(policy, createdAt), addDays(createdAt, days).getTime()));
  }
  return first === FOR_GOOD ? null : new Date(first);
}
