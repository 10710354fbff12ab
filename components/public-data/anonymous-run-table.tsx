import type { ReactNode } from 'react';
import type { RunSummary } from '@/lib/deletion/list-runs';
import { formatNumber } from '@/lib/platform/format';
import { runColumn, runStateColumn, runSummaryColumn } from '../cleanup/run-columns';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';

interface AnonymousRunTableProps {
  runs: readonly RunSummary[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Runs of the cleanup of anonymous data, newest first. */
export function AnonymousRunTable({ runs, zone, now, empty, footer }: AnonymousRunTableProps) {
  const columns: Column<RunSummary>[] = [
    runColumn({ zone, now }),
    { ...runStateColumn, stacksOnPhones: true },
    { ...runSummaryColumn(zone), stacksOnPhones: true },
    {
      id: 'transcripts',
      header: 'Transcripts',
      numeric: true,
      cell: ({ counts }) => formatNumber(counts.transcriptsDeleted),
    },
    { id: 'files', header: 'Files', numeric: true, cell: ({ counts }) => formatNumber(counts.deleted) },
    { id: 'bytes', header: 'Size', numeric: true, cell: ({ counts }) => <Bytes value={counts.bytes} /> },
    {
      id: 'failed',
      header: 'Failed',
      numeric: true,
      cell: ({ counts }) => (
        <span
          className={counts.transcriptsFailed > 0 ? 'font-medium text-tone-red' : 'text-muted-foreground'}
        >
          {formatNumber(counts.transcriptsFailed)}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Runs of the cleanup of anonymous data"
      columns={columns}
      rows={runs}
      rowKey={({ run }) => run.id}
      empty={empty}
      footer={footer}
    />
  );
}
