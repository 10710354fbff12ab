import { formatCount, formatLimit } from '@/lib/platform/format';
import { PRESETS, type Shortfall, shortfalls } from './presets';
import type { PolicyField, TierPolicy } from './tier-policy';

export interface PolicyProblem {
  field: PolicyField;
  /** Names the value and what is allowed. */
  message: string;
}

/**
 * Why a policy whose fields are each in range is impossible as a whole (T1, O4): a tier that would end before the one
 * before it, or a period that falls short of a chosen rule. Empty when it is possible.
 */
export function policyProblems(policy: TierPolicy): PolicyProblem[] {
  const { hotDays, warmDays, coldDays } = policy;
  const problems: PolicyProblem[] = [];
  if (warmDays <= hotDays) {
    problems.push({
      field: 'warmDays',
      message: `${formatLimit(warmDays)} is not allowed: daily archives end after the hot tier does, so use more than its ${formatCount(hotDays, 'day')}`,
    });
  }
  if (coldDays !== null && coldDays <= warmDays) {
    problems.push({
      field: 'coldDays',
      message: `${formatLimit(coldDays)} is not allowed: monthly archives follow the daily ones, so use more than their ${formatCount(warmDays, 'day')}, or keep them for good`,
    });
  }
  return [...problems, ...shortfalls(policy).map(sayShortfall)];
}

function sayShortfall({ preset, field, value, minimum }: Shortfall): PolicyProblem {
  const { title, source } = PRESETS[preset];
  const forGood = field === 'coldDays' ? ', or keep them for good' : '';
  return {
    field,
    message: `${formatLimit(value)} falls short of ${title} (${source}): use ${formatLimit(minimum)} days or more${forGood}`,
  };
}
