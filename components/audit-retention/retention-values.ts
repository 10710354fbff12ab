import { withChanges } from '@/lib/audit/policy/merge-policy';
import { policyProblems } from '@/lib/audit/policy/policy-problems';
import {
  DAYS_RANGE,
  isSameValue,
  MAX_DELETED_RANGE,
  PERIOD_RANGE,
  POLICY_FIELDS,
  type PolicyChanges,
  type PolicyField,
  type TierPolicy,
} from '@/lib/audit/policy/tier-policy';
import { formatLimit } from '@/lib/platform/format';

export type NumberField =
  | 'hotDays'
  | 'warmDays'
  | 'coldDays'
  | 'retentionDays'
  | 'maxDeletedPerActivation'
  | 'periodSeconds';

/** What stands in the form: numbers as they are typed. */
export interface RetentionValues extends Omit<TierPolicy, NumberField> {
  typed: Record<NumberField, string>;
  /** Archives are kept for good, whatever stands in the field of the cold tier. */
  forGood: boolean;
}

export function valuesOf(policy: TierPolicy): RetentionValues {
  const { hotDays, warmDays, coldDays, retentionDays, maxDeletedPerActivation, periodSeconds, ...rest } =
    policy;
  return {
    ...rest,
    forGood: coldDays === null,
    typed: {
      hotDays: String(hotDays),
      warmDays: String(warmDays),
      coldDays: coldDays === null ? '' : String(coldDays),
      retentionDays: String(retentionDays),
      maxDeletedPerActivation: String(maxDeletedPerActivation),
      periodSeconds: String(periodSeconds),
    },
  };
}

export type ReadValues =
  | { changes: PolicyChanges; target: TierPolicy; problems: Partial<Record<PolicyField, string>> }
  | { changes: null; target: null; problems: Partial<Record<PolicyField, string>> };

/** What the form asks for beyond `asked`, and what is wrong with it: the server checks all of it again. */
export function readValues(values: RetentionValues, asked: TierPolicy): ReadValues {
  const problems: Partial<Record<PolicyField, string>> = {};
  const read = (field: NumberField): number => {
    const value = numberOf(values.typed[field]);
    const wrong = whyWrong(field, value);
    if (wrong) problems[field] = `“${values.typed[field].trim()}” is not allowed: ${wrong}`;
    return value;
  };
  const target: TierPolicy = {
    archive: values.archive,
    hotDays: read('hotDays'),
    warmDays: read('warmDays'),
    coldDays: values.forGood ? null : read('coldDays'),
    retentionDays: read('retentionDays'),
    maxDeletedPerActivation: read('maxDeletedPerActivation'),
    periodSeconds: read('periodSeconds'),
    dropPartitions: values.dropPartitions,
    presets: values.presets,
  };
  if (Object.keys(problems).length > 0) return { changes: null, target: null, problems };
  for (const { field, message } of policyProblems(target)) {
    problems[field] = problems[field] ? `${problems[field]}; ${message}` : message;
  }
  const changed = POLICY_FIELDS.filter((field) => !isSameValue(asked[field], target[field]));
  const changes = Object.fromEntries(changed.map((field) => [field, target[field]]));
  return { changes, target: withChanges(asked, changes), problems };
}

/** Commas of thousands may be typed; NaN for what is no number. */
const numberOf = (typed: string): number =>
  /^\d[\d,]*$/.test(typed.trim()) ? Number(typed.trim().replaceAll(',', '')) : Number.NaN;

function whyWrong(field: NumberField, value: number): string | null {
  const { min, max, noun } = RANGES[field];
  if (!(value >= min && value <= max))
    return `use a whole number of ${noun} from ${formatLimit(min)} to ${formatLimit(max)}`;
  if (field === 'periodSeconds' && value % PERIOD_RANGE.step !== 0)
    return `use ${min} to ${formatLimit(max)} seconds in steps of ${PERIOD_RANGE.step}`;
  return null;
}

const days = { ...DAYS_RANGE, noun: 'days' };
const RANGES: Record<NumberField, { min: number; max: number; noun: string }> = {
  hotDays: days,
  warmDays: days,
  coldDays: days,
  retentionDays: days,
  maxDeletedPerActivation: { ...MAX_DELETED_RANGE, noun: 'rows' },
  periodSeconds: { ...PERIOD_RANGE, noun: 'seconds' },
};
