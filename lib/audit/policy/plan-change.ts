import { addDays } from '@/lib/platform/clock';
import { conflict, invalid, type LapseError } from '@/lib/platform/errors';
import { LOOSENING_DAYS } from '@/lib/settings/catalogue';
import { VARIABLES } from './environment';
import { withChanges } from './merge-policy';
import { type PolicyProblem, policyProblems } from './policy-problems';
import { differences, type PolicyAt, settle } from './retain-longest';
import type { StandingPolicy } from './stored-policy';
import {
  FIELD_TITLES,
  isSameValue,
  POLICY_FIELDS,
  type PolicyChanges,
  type PolicyField,
  type TierPolicy,
} from './tier-policy';

/** A change as it would be made: what holds at once, and what from its day on. */
export interface PlannedChange {
  before: TierPolicy;
  /** What will be in force once nothing is pending. */
  target: TierPolicy;
  after: PolicyAt;
  changed: ChangedField[];
}

export interface ChangedField {
  field: PolicyField;
  /** The value in force now. */
  before: TierPolicy[PolicyField];
  after: TierPolicy[PolicyField];
  /** When it is in force; null: at once. */
  from: Date | null;
}

/**
 * What becomes of `changes` to the policy as it stands (T1, L4, O4). Throws 'invalid' with the value and what is allowed, for
 * what the environment fixes, what is impossible as a whole, and what falls short of a chosen rule; 'conflict' when it would
 * change nothing.
 */
export function planChange(standing: StandingPolicy, changes: PolicyChanges, now: Date): PlannedChange {
  refuseFixed(standing, changes);
  const target = withChanges(standing.asked, changes);
  refuseImpossible(policyProblems(target));
  const after = settle(standing.stored, target, addDays(now, LOOSENING_DAYS));
  refuseImpossible(
    policyProblems(after.inForce),
    'Until the shorter periods hold, the longer ones do, and together they are not possible. Change one after the other. ',
  );
  const before = standing.inForce;
  const changed = differences(before, target).map((field) => ({
    field,
    before: before[field],
    after: target[field],
    from: isSameValue(after.inForce[field], target[field]) ? null : (after.pending?.from ?? null),
  }));
  const isSame = differences(standing.asked, target).length === 0 && standing.isSettled;
  if (isSame) throw conflict('The retention of the audit log is so already, or will be on its day.');
  return { before, target, after, changed };
}

/** Only the environment changes what it fixes; saying the same again is no change. */
function refuseFixed({ fixed }: StandingPolicy, changes: PolicyChanges): void {
  const problems = POLICY_FIELDS.flatMap((field): PolicyProblem[] => {
    const [given, own] = [changes[field], fixed[field]];
    if (given === undefined || own === undefined || String(given) === String(own)) return [];
    return [{ field, message: `${VARIABLES[field]} fixes it in the environment: change it there` }];
  });
  refuseImpossible(problems);
}

function refuseImpossible(problems: readonly PolicyProblem[], why = ''): void {
  if (problems.length > 0) throw impossible(problems, why);
}

function impossible(problems: readonly PolicyProblem[], why: string): LapseError {
  const fields = new Map<string, string>();
  for (const { field, message } of problems) {
    const known = fields.get(field);
    fields.set(field, known ? `${known}; ${message}` : message);
  }
  const words = [...fields].map(([field, message]) => `${FIELD_TITLES[field as PolicyField]}: ${message}`);
  return invalid(`${why}${words.join('; ')}`, Object.fromEntries(fields));
}
