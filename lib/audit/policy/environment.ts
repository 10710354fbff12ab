import { type Env, readEnv } from '@/lib/platform/env';
import { withChanges, withoutGaps } from './merge-policy';
import { policyProblems } from './policy-problems';
import { DEFAULT_POLICY, type PolicyChanges, type PolicyField, type TierPolicy } from './tier-policy';

/** The variable that fixes each field. */
export const VARIABLES = {
  archive: 'LAPSE_AUDIT_ARCHIVE',
  hotDays: 'LAPSE_AUDIT_HOT_DAYS',
  warmDays: 'LAPSE_AUDIT_WARM_DAYS',
  coldDays: 'LAPSE_AUDIT_COLD_DAYS',
  retentionDays: 'LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS',
  maxDeletedPerActivation: 'LAPSE_AUDIT_LOG_CLEANUP_MAX_DELETED_PER_ACTIVATION',
  periodSeconds: 'LAPSE_AUDIT_LOG_CLEANUP_PERIOD_SECS',
  dropPartitions: 'LAPSE_AUDIT_LOG_CLEANUP_DROP_PARTITIONS',
  presets: 'LAPSE_AUDIT_PRESET',
} as const satisfies Record<PolicyField, keyof Env>;

type PolicyEnv = Pick<Env, (typeof VARIABLES)[PolicyField]>;

/** What the environment fixes; fields that it says nothing of are not in it. */
export function fixedByEnvironment(env: PolicyEnv = readEnv()): PolicyChanges {
  const fixed: PolicyChanges = {
    archive: env.LAPSE_AUDIT_ARCHIVE,
    hotDays: env.LAPSE_AUDIT_HOT_DAYS,
    warmDays: env.LAPSE_AUDIT_WARM_DAYS,
    coldDays: env.LAPSE_AUDIT_COLD_DAYS,
    retentionDays: env.LAPSE_AUDIT_LOG_CLEANUP_RETENTION_DAYS,
    maxDeletedPerActivation: env.LAPSE_AUDIT_LOG_CLEANUP_MAX_DELETED_PER_ACTIVATION,
    periodSeconds: env.LAPSE_AUDIT_LOG_CLEANUP_PERIOD_SECS,
    dropPartitions: env.LAPSE_AUDIT_LOG_CLEANUP_DROP_PARTITIONS,
    presets: env.LAPSE_AUDIT_PRESET,
  };
  return withoutGaps(fixed);
}

/**
 * Stops a start whose environment contradicts itself, whatever else is set: a tier that it fixes to end before another one
 * that it fixes as well, or a period that falls short of a rule that it names. Throws an Error that names the variables.
 */
export function checkPolicyEnvironment(env: PolicyEnv): void {
  const problems = policyProblems(roomiestPolicy(fixedByEnvironment(env)));
  if (problems.length === 0) return;
  const given = variablesOf(fixedByEnvironment(env)).join(', ');
  const lines = problems.map(({ message }) => `  ${message}`);
  throw new Error(`The environment is not right, in ${given}:\n${lines.join('\n')}`);
}

/** The variables that fix something, by name. */
export const variablesOf = (fixed: PolicyChanges): string[] =>
  (Object.keys(fixed) as PolicyField[]).map((field) => VARIABLES[field]);

/** What is fixed, with the rest as long as it can be, so that only what is fixed can be at fault. */
function roomiestPolicy(fixed: PolicyChanges): TierPolicy {
  const { warmDays, coldDays } = fixed;
  const longest = { ...DEFAULT_POLICY, hotDays: 1, warmDays: 36_500, coldDays: null, retentionDays: 36_500 };
  const room =
    typeof coldDays === 'number' && warmDays === undefined ? { warmDays: Math.max(coldDays - 1, 1) } : {};
  return withChanges({ ...longest, ...room }, fixed);
}
