import type { ReactNode } from 'react';
import type { RunSummary } from '@/lib/deletion/list-runs';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { runSentence, sayRequester } from '../jobs/run-words';
import { Bytes } from '../ui/bytes';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

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
    {
      id: 'when',
      header: 'Run',
      rowHeader: true,
      cell: ({ run }) => (
        <span className="grid gap-0.5">
          <TextLink href={`/cleanup/runs/${run.id}`}>
            <Timestamp value={run.startedAt ?? run.createdAt} zone={zone} now={now} />
          </TextLink>
          <span className="text-xs font-normal text-muted-foreground">by {sayRequester(run)}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      stacksOnPhones: true,
      cell: ({ run }) => <StateBadge state={run.state} />,
    },
    {
      id: 'summary',
      header: 'What it did',
      className: 'min-w-64',
      stacksOnPhones: true,
      cell: ({ run }) => runSentence(run, zone),
    },
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
