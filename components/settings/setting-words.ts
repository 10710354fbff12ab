import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import type { ListedGroup, ListedPending, ListedSetting } from '@/lib/settings/list-settings';

/** How many are not at their defaults, and who may change them. */
export function settingsAnswer(groups: readonly ListedGroup[], mayChange: boolean): string {
  const all = groups.flatMap(({ settings }) => settings);
  const changed = all.filter(({ changed }) => changed !== null).length;
  const what =
    changed === 0
      ? `All ${formatCount(all.length, 'setting')} are at their defaults.`
      : `${formatCount(changed, 'setting')} of ${formatNumber(all.length)} ${changed === 1 ? 'is' : 'are'} not at the default.`;
  return `${what} ${mayChange ? 'A change holds at once, unless it loosens a guard, and goes into the audit log with its reason.' : 'Only admins change them.'}`;
}

/** '10%', '1,000 objects', '1 TB'. */
export function sayValue(value: number, unit: ListedSetting['unit']): string {
  switch (unit) {
    case 'percent':
      return `${value}%`;
    case 'bytes':
      return formatBytes(value);
    case 'files':
      return formatCount(value, 'file');
    case 'objects':
      return formatCount(value, 'object');
    case 'seconds':
      return formatCount(value, 'second');
  }
}

/** 'Files without a second admin rises to 1,000,000 on 28 Nov 2026 (Ada Brandt)' */
export const sayPendingBy = ({ words, byName }: ListedPending): string =>
  `${words} (${byName ?? 'the command line'})`;
