import type { OverrideChangeRow } from '@/lib/overrides/list-override-changes';
import type { OverrideField } from '@/lib/overrides/override-field';
import { sayDays } from '@/lib/overrides/say-override-change';

export const FIELD_TITLES: Record<OverrideField, string> = {
  artifact_retention_days_override: 'Retention of files',
  log_retention_days_override: 'Retention of logs',
};

/** 'from 90 days to 40 days', 'from none of its own to 90 days'. */
export const daysWords = ({ oldDays, newDays }: Pick<OverrideChangeRow, 'oldDays' | 'newDays'>): string =>
  `from ${sayDays(oldDays)} to ${sayDays(newDays)}`;

export const changeWords = (change: Pick<OverrideChangeRow, 'field' | 'oldDays' | 'newDays'>): string =>
  `${FIELD_TITLES[change.field]} ${daysWords(change)}`;

/** What a change is waiting for, or what became of it. */
export type ChangeStanding =
  | 'awaiting-approval'
  | 'unannounced'
  | 'not-announced'
  | 'announced'
  | 'in-force'
  | 'cancelled'
  | 'superseded';

export function standingOf(
  change: Pick<OverrideChangeRow, 'state' | 'announcedAt' | 'lastError'>,
): ChangeStanding {
  if (change.state !== 'scheduled') return change.state;
  if (change.announcedAt !== null) return 'announced';
  return change.lastError === null ? 'unannounced' : 'not-announced';
}
