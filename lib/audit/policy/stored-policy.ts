import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { conflict } from '@/lib/platform/errors';
import { fixedByEnvironment, VARIABLES } from './environment';
import { withChanges } from './merge-policy';
import { type PolicyProblem, policyProblems } from './policy-problems';
import { policySchema } from './policy-schema';
import { longestOf, type PolicyAt } from './retain-longest';
import {
  DEFAULT_POLICY,
  isSamePolicy,
  type PolicyChanges,
  type PolicyField,
  type TierPolicy,
} from './tier-policy';

/** The name of its row in `settings`, which holds the whole policy; without a row the defaults hold. */
export const POLICY_ROW = 'audit-retention';

/** How the policy stands, with what the environment asks for. */
export interface StandingPolicy extends PolicyAt {
  /** What will be in force once nothing is pending: that which is changed by the next change. */
  asked: TierPolicy;
  /** How it stands without the environment. */
  stored: PolicyAt;
  /** What the environment fixes. */
  fixed: PolicyChanges;
  /** Why it is impossible as a whole, now or once nothing is pending; empty when it is not. */
  problems: PolicyProblem[];
  /** True once the environment is on record with its day; until then the job has to write it down. */
  isSettled: boolean;
}

type StoredRow = typeof settings.$inferSelect;

/**
 * The policy as it stands at `now`. What the environment fixes is asked for: what keeps longer holds at once, what keeps less
 * holds from its day on, which the job writes down. Throws 'conflict' when what is stored cannot be read.
 */
export async function standingPolicy(db: Queryable, now: Date): Promise<StandingPolicy> {
  const [row] = await db.select().from(settings).where(eq(settings.name, POLICY_ROW)).limit(1);
  return standing(row, now, fixedByEnvironment());
}

/**
 * The same, and it stays so until the transaction ends: whoever changes the policy waits. Without a row there is nothing to
 * lock; then all is archived and kept for good, so that nothing is lost by a change.
 */
export async function heldPolicy(tx: Queryable, now: Date): Promise<StandingPolicy> {
  const [row] = await tx.select().from(settings).where(eq(settings.name, POLICY_ROW)).for('share');
  return standing(row, now, fixedByEnvironment());
}

/** The same by the row; undefined: there is none. */
export function standing(row: StoredRow | undefined, now: Date, fixed: PolicyChanges): StandingPolicy {
  const stored = storedAt(row, now);
  const asked = withChanges(stored.pending?.policy ?? stored.inForce, fixed);
  const inForce = longestOf(stored.inForce, asked);
  const isSettled = isSamePolicy(stored.pending?.policy ?? stored.inForce, asked);
  const problems = [...policyProblems(asked), ...policyProblems(inForce)];
  return {
    inForce,
    pending: stored.pending === null ? null : { ...stored.pending, policy: asked },
    stored,
    asked,
    fixed,
    problems: problems.filter(
      ({ message }, index) => problems.findIndex((other) => other.message === message) === index,
    ),
    isSettled,
  };
}

function storedAt(row: StoredRow | undefined, now: Date): PolicyAt {
  if (!row) return { inForce: { ...DEFAULT_POLICY }, pending: null };
  const value = readStored(row.value);
  if (row.pendingFrom === null) return { inForce: value, pending: null };
  const pending = { policy: readStored(row.pendingValue), from: row.pendingFrom };
  return pending.from <= now ? { inForce: pending.policy, pending: null } : { inForce: value, pending };
}

/** Never falls back to a default: what somebody wrote by hand may have been meant to keep more (O4). */
function readStored(value: unknown): TierPolicy {
  const read = policySchema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`);
  throw conflict(
    `The stored retention of the audit log is not possible (${faults.slice(0, 3).join('; ')}). Nothing is removed until its row “${POLICY_ROW}” in the table settings is mended, or deleted, which brings the defaults back.`,
  );
}

/** Why a policy is impossible, in one sentence, with the variables that have a part in it. */
export function sayProblems({ problems, fixed }: Pick<StandingPolicy, 'problems' | 'fixed'>): string {
  const words = problems.map(({ field, message }) => {
    const variable = fixed[field] === undefined ? '' : ` (${VARIABLES[field]})`;
    return `${NAMES[field]}${variable}: ${message}`;
  });
  return words.join('; ');
}

/** For messages. */
const NAMES: Record<PolicyField, string> = {
  archive: 'archiving',
  hotDays: 'days in the hot tier',
  warmDays: 'days until the cold tier',
  coldDays: 'days in archives',
  retentionDays: 'days without archives',
  maxDeletedPerActivation: 'rows in one activation',
  periodSeconds: 'seconds between activations',
  dropPartitions: 'dropping of partitions',
  presets: 'rules',
};
