import { formatNumber } from '@/lib/platform/format';
import type { ReconciliationRow } from '@/lib/reconciliation/read-reconciliations';
import { findingsOf } from '@/lib/reconciliation/say-reconciliation';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface ReconciliationTableProps {
  rows: readonly ReconciliationRow[];
  zone: string;
  now: Date;
}

/** The last comparisons; what one that is not complete has found says nothing of the rest, so it is left out. */
export function ReconciliationTable({ rows, zone, now }: ReconciliationTableProps) {
  const figure = (row: ReconciliationRow, value: number) =>
    row.finishedAt ? formatNumber(value) : <span className="text-muted-foreground">–</span>;
  const columns: Column<ReconciliationRow>[] = [
    {
      id: 'started',
      header: 'Begun',
      rowHeader: true,
      cell: (row) => (
        <TextLink href={`/jobs/runs/${row.jobRunId}`} className="font-normal">
          <Timestamp value={row.startedAt} zone={zone} now={now} />
        </TextLink>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-56',
      cell: (row) => (
        <span className="grid justify-items-start gap-1">
          <StateBadge state={row.runState} />
          {row.finishedAt ? null : (
            <span className="text-[0.8125rem] text-muted-foreground">
              {row.runSummary ?? 'Not complete yet.'}
            </span>
          )}
        </span>
      ),
    },
    { id: 'store', header: 'Store', cell: (row) => <span className="break-all">{row.store}</span> },
    { id: 'rows', header: 'Rows', numeric: true, cell: (row) => figure(row, row.artifacts) },
    { id: 'objects', header: 'Objects', numeric: true, cell: (row) => figure(row, row.objects) },
    {
      id: 'bytes',
      header: 'Size',
      numeric: true,
      cell: (row) => (row.finishedAt ? <Bytes value={row.objectBytes} /> : '–'),
    },
    { id: 'findings', header: 'Findings', numeric: true, cell: (row) => figure(row, findingsOf(row)) },
  ];
  return (
    <DataTable
      caption="Last comparisons"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title="No comparison yet">
          One is made every Saturday at 04:00 UTC, and whenever an admin starts it.
        </EmptyState>
      }
    />
  );
}
