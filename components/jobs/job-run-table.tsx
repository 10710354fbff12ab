import type { ReactNode } from 'react';
import type { JobRun } from '@/lib/jobs/job-run';
import { formatDuration } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { runHref, runSentence, sayRequester, titleOfJob } from './run-words';

interface JobRunTableProps {
  runs: readonly JobRun[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Runs of jobs, newest first. */
export function JobRunTable({ runs, zone, now, empty, footer }: JobRunTableProps) {
  const columns: Column<JobRun>[] = [
    {
      id: 'job',
      header: 'Run of',
      rowHeader: true,
      className: 'min-w-52',
      cell: (run) => (
        <span className="grid gap-0.5">
          <TextLink href={runHref(run)}>{titleOfJob(run.job)}</TextLink>
          <span className="text-xs font-normal text-muted-foreground">by {sayRequester(run)}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      cell: (run) => <StateBadge state={run.state} />,
    },
    {
      id: 'summary',
      header: 'What it did',
      className: 'min-w-64',
      cell: (run) => runSentence(run, zone),
    },
    {
      id: 'when',
      header: 'Asked for',
      cell: (run) => <Timestamp value={run.createdAt} zone={zone} now={now} />,
    },
    {
      id: 'took',
      header: 'Took',
      numeric: true,
      cell: (run) =>
        run.startedAt && run.finishedAt
          ? formatDuration(run.finishedAt.getTime() - run.startedAt.getTime())
          : '–',
    },
  ];
  return (
    <DataTable
      caption="Runs of jobs"
      columns={columns}
      rows={runs}
      rowKey={(run) => run.id}
      empty={empty}
      footer={footer}
    />
  );
}
