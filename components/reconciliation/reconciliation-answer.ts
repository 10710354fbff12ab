import { formatRelative } from '@/lib/platform/format-time';
import type { ReconciliationRow } from '@/lib/reconciliation/read-reconciliations';
import type { Reconciliation } from '@/lib/reconciliation/reconcile-artifacts';
import { sayReconciliation } from '@/lib/reconciliation/say-reconciliation';

/** Whether rows and objects agree, as the last complete comparison found, and how old that is. */
export function reconciliationAnswer(
  latest: Reconciliation | null,
  rows: readonly ReconciliationRow[],
  now: Date,
): string {
  const [newest] = rows;
  const underWay = newest?.runState === 'running' ? ' Another comparison is under way.' : '';
  if (!latest?.finishedAt) {
    if (underWay) return 'The first comparison is under way.';
    return newest
      ? 'No comparison has come to its end yet, so nothing is known of whether rows and objects agree.'
      : 'Rows and objects were not compared yet.';
  }
  return `${sayReconciliation(latest)} Compared ${formatRelative(latest.finishedAt, now)}.${underWay}`;
}
