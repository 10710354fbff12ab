import { eq } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { people } from '@/db/schema/people';
import { settings } from '@/db/schema/settings';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { refuse } from '../record';
import { fixedByEnvironment, VARIABLES } from './environment';
import type { PolicyProblem } from './policy-problems';
import { sayPending } from './say-policy';
import { POLICY_ROW, type StandingPolicy, sayProblems, standing } from './stored-policy';
import { DEFAULT_POLICY, isSamePolicy, type PolicyField, type TierPolicy } from './tier-policy';

/** The retention of the audit log as it stands, for every screen and API: plain data. */
export interface ShownRetention {
  inForce: TierPolicy;
  /** What is asked for: it is in force, or will be on its day. What the next change changes. */
  asked: TierPolicy;
  pending: ShownPending | null;
  /** The variable of each field that the environment fixes. */
  fixed: Partial<Record<PolicyField, string>>;
  /** Why nothing is removed, in a sentence: what is set is impossible. Null: it is not. */
  problem: string | null;
  problems: PolicyProblem[];
  /** Who set what is in force, and when; null while it is the default. `byName` is null when no person did. */
  changed: { at: Date; byName: string | null } | null;
}

export interface ShownPending {
  policy: TierPolicy;
  /** The first instant at which it is in force; null: the job has not written it down yet, which gives it its day. */
  from: Date | null;
  /** Null: no person asked for it. */
  byName: string | null;
  /** 'Warm tier from 365 days to 90 days on 28 Nov 2026', the day being that of the reader. */
  words: string;
}

/**
 * The retention of the audit log. Throws 'forbidden' (which leaves an audit event), and 'conflict' when what is stored cannot
 * be read at all.
 */
export async function showRetention(ctx: Context): Promise<ShownRetention> {
  if (!can(ctx.actor, 'settings.read')) {
    await refuse(
      ctx,
      { target: 'audit-retention' },
      'Only admins and auditors may see the retention of the audit log.',
    );
  }
  const asking = alias(people, 'asking');
  const [row] = await ctx.db
    .select({ setting: settings, byName: people.displayName, pendingByName: asking.displayName })
    .from(settings)
    .leftJoin(people, eq(people.id, settings.updatedBy))
    .leftJoin(asking, eq(asking.id, settings.pendingBy))
    .where(eq(settings.name, POLICY_ROW))
    .limit(1);
  const now = ctx.clock.now();
  const found = standing(row?.setting, now, fixedByEnvironment());
  const zone = ctx.actor.type === 'user' ? ctx.actor.timeZone : 'UTC';
  return {
    inForce: found.inForce,
    asked: found.asked,
    pending: pendingOf(found, row?.pendingByName ?? null, zone),
    fixed: Object.fromEntries(
      (Object.keys(found.fixed) as PolicyField[]).map((field) => [field, VARIABLES[field]]),
    ),
    problem: found.problems.length > 0 ? sayProblems(found) : null,
    problems: found.problems,
    changed: row && !isUntouched(row, found, now) ? lastChange(row, now) : null,
  };
}

function pendingOf(
  { inForce, asked, pending, isSettled }: StandingPolicy,
  byName: string | null,
  zone: string,
) {
  const isAsked = sayPending(inForce, { policy: asked, from: null }, zone);
  if (isAsked === null) return null;
  // What the environment has just asked for has no day before the job has written it down.
  const from = isSettled ? (pending?.from ?? null) : null;
  return {
    policy: asked,
    from,
    byName,
    words: sayPending(inForce, { policy: asked, from }, zone) ?? isAsked,
  };
}

/** Whoever schedules the first change makes the row, and has not set the defaults that go on being in force. */
const isUntouched = ({ setting }: Row, { stored }: StandingPolicy, now: Date): boolean =>
  setting.updatedBy === null &&
  !(setting.pendingFrom !== null && setting.pendingFrom <= now) &&
  isSamePolicy(stored.inForce, DEFAULT_POLICY);

function lastChange({ setting, byName, pendingByName }: Row, now: Date): { at: Date; byName: string | null } {
  const holds = setting.pendingFrom !== null && setting.pendingFrom <= now;
  return holds && setting.pendingFrom
    ? { at: setting.pendingFrom, byName: pendingByName }
    : { at: setting.updatedAt, byName };
}

interface Row {
  setting: typeof settings.$inferSelect;
  byName: string | null;
  pendingByName: string | null;
}

/** What is scheduled, to be announced elsewhere (L4); null: nothing, or nobody can tell. Checks as showRetention does. */
export async function pendingRetention(ctx: Context): Promise<ShownPending | null> {
  try {
    return (await showRetention(ctx)).pending;
  } catch (error) {
    // The page of the settings and the jobs say what is wrong with it.
    if (error instanceof LapseError && error.code === 'conflict') return null;
    throw error;
  }
}
