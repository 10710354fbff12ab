import type { ReactNode } from 'react';
import type { RunSummary } from '@/lib/deletion/list-runs';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { runColumn, runStateColumn, runSummaryColumn } from './run-columns';

interface CleanupRunTableProps {
  runs: readonly RunSummary[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Runs of the cleanup, newest first, with what became of the files. */
export function CleanupRunTable({ runs, zone, now, empty, footer }: CleanupRunTableProps) {
  const columns: Column<RunSummary>[] = [
    runColumn({ zone, now }),
    runStateColumn,
    runSummaryColumn(zone),
    {
      id: 'deleted',
      header: 'Deleted',
      numeric: true,
      cell: ({ counts }) => formatNumber(counts.deleted),
    },
    { id: 'bytes', header: 'Size', numeric: true, cell: ({ counts }) => <Bytes value={counts.bytes} /> },
    {
      id: 'failed',
      header: 'Failed',
      numeric: true,
      cell: ({ counts }) => (
        <span className={counts.failed > 0 ? 'font-medium text-tone-red' : 'text-muted-foreground'}>
          {formatNumber(counts.failed)}
        </span>
      ),
    },
    {
      id: 'shrunk',
      header: 'Stayed',
      numeric: true,
      cell: ({ counts }) => (
        <span className={counts.shrunk > 0 ? '' : 'text-muted-foreground'}>
          {formatNumber(counts.shrunk)}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Runs of the cleanup"
      columns={columns}
      rows={runs}
      rowKey={({ run }) => run.id}
      empty={empty}
      footer={footer}
    />
  );
}
