import { formatBytes, formatNumber } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { SETTINGS, type SettingName } from './catalogue';
import type { PendingValue } from './read-setting';

/** 'Files without a second admin rises to 1,000,000 on 28 Nov 2026'; the day is that of `zone`. */
export function sayPending(
  { name, pending }: { name: SettingName; pending: PendingValue },
  zone = 'UTC',
): string {
  const { title, unit } = SETTINGS[name];
  const value = unit === 'bytes' ? formatBytes(pending.value) : formatNumber(pending.value);
  return `${title} rises to ${value} on ${formatDate(pending.from, zone, 'short')}`;
}
