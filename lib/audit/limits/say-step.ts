import { formatBytes, formatCount } from '@/lib/platform/format';
import type { CutStep } from './plan-cut';

/** One part of a cleanup: '12 events, 5.1 kB by age'. */
export function sayStep({ reason, before, after }: CutStep): string {
  const bytes = formatBytes(before.bytes - after.bytes);
  return `${formatCount(before.events - after.events, 'event')}, ${bytes} ${REASONS[reason]}`;
}

const REASONS: Record<CutStep['reason'], string> = {
  late: 'that came in before what went already',
  time: 'by age',
  count: 'by their number',
  size: 'by size',
};
