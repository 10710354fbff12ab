import {
  isSamePolicy,
  isSameValue,
  keptDays,
  POLICY_FIELDS,
  type PolicyField,
  type TierPolicy,
} from './tier-policy';

/** The fields whose smaller values keep less; the others never wait. */
const PERIODS = ['hotDays', 'warmDays', 'coldDays', 'retentionDays'] as const;

/**
 * What holds between two policies until the later one is in force alone: of every period the longer, and the rules of both (L4).
 * Archives go on even if events stay longer without them, because limits of streams then remove for good; and they begin later
 * if events would stay for a shorter time with them.
 */
export function longestOf(before: TierPolicy, target: TierPolicy): TierPolicy {
  const longest = { ...target };
  for (const field of PERIODS) {
    const [one, other] = [before[field], target[field]];
    // Only the cold tier can be without an end.
    if (field === 'coldDays') longest.coldDays = one === null || other === null ? null : Math.max(one, other);
    else longest[field] = Math.max(one ?? 0, other ?? 0);
  }
  longest.archive = before.archive || (target.archive && keptDays(target) >= keptDays(before));
  longest.presets = [...new Set([...before.presets, ...target.presets])].sort();
  return longest;
}

/** A policy that was asked for and is not in force yet. */
export interface PendingPolicy {
  policy: TierPolicy;
  /** The first instant at which it is. */
  from: Date;
}

/** How the policy stands at an instant. */
export interface PolicyAt {
  inForce: TierPolicy;
  pending: PendingPolicy | null;
}

/**
 * How it stands once `target` is asked for: what keeps longer holds at once, the rest from `laterFrom`. What was asked for
 * before in just this way keeps its day; anything else that keeps less begins its days anew.
 */
export function settle(at: PolicyAt, target: TierPolicy, laterFrom: Date): PolicyAt {
  const inForce = longestOf(at.inForce, target);
  if (isSamePolicy(inForce, target)) return { inForce, pending: null };
  const isKnown = at.pending !== null && isAskedAlready(at.pending.policy, inForce, target);
  const from = isKnown && at.pending ? at.pending.from : laterFrom;
  return { inForce, pending: { policy: target, from } };
}

const isAskedAlready = (asked: TierPolicy, inForce: TierPolicy, target: TierPolicy): boolean =>
  differences(inForce, target).every((field) => isSameValue(asked[field], target[field]));

/** The fields in which two policies differ. */
export const differences = (one: TierPolicy, other: TierPolicy): PolicyField[] =>
  POLICY_FIELDS.filter((field) => !isSameValue(one[field], other[field]));
