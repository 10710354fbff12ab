import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { LOOSENING_DAYS } from '@/lib/settings/catalogue';
import { PRESETS } from './presets';
import { differences } from './retain-longest';
import { FIELD_TITLES, type PolicyField, type TierPolicy } from './tier-policy';

/** A value as people read it: '30 days', 'for good', 'on', 'HIPAA and SEBI'. */
export function sayValue(field: PolicyField, value: TierPolicy[PolicyField]): string {
  if (value === null) return 'for good';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'number') return value.map((name) => PRESETS[name].title).join(' and ') || 'none';
  if (field === 'maxDeletedPerActivation') return formatNumber(value);
  if (field === 'periodSeconds') return formatCount(value, 'second');
  return formatCount(value, 'day');
}

/** Who asked for a change; null stands for no person. */
export const sayWho = (name: string | null): string => name ?? 'the environment or the command line';

/**
 * 'Warm tier from 365 days to 90 days, Rules to satisfy from HIPAA to none on 28 Nov 2026'; the day is that of `zone`, and null
 * while it has none. Null when the two are the same.
 */
export function sayPending(
  inForce: TierPolicy,
  { policy, from }: { policy: TierPolicy; from: Date | null },
  zone = 'UTC',
): string | null {
  const changes = differences(inForce, policy).map(
    (field) =>
      `${FIELD_TITLES[field]} from ${sayValue(field, inForce[field])} to ${sayValue(field, policy[field])}`,
  );
  if (changes.length === 0) return null;
  const when = from
    ? `on ${formatDate(from, zone, 'short')}`
    : `${LOOSENING_DAYS} days after the job has seen it`;
  return `${changes.join(', ')} ${when}`;
}
