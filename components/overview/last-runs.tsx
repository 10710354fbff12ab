import type { Overview } from '@/lib/challenges/overview';
import type { JobRun } from '@/lib/jobs/job-run';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface LastRunsProps {
  overview: Overview;
  zone: string;
  now: Date;
}

const TRIGGERS: Record<JobRun['trigger'], string> = {
  schedule: 'Schedule',
  manual: 'By hand',
  cli: 'Command line',
};

/** The last cleanups, with what each did. */
export function LastRuns({ overview, zone, now }: LastRunsProps) {
  return (
    <Section title="Last cleanups" surface={false}>
      <DataTable
        caption="The last cleanups, newest first"
        columns={columnsFor(zone, now)}
        rows={overview.lastRuns}
        rowKey={(run) => run.id}
        empty={
          <EmptyState title="No cleanup has run yet">The first runs by itself at the time above.</EmptyState>
        }
      />
    </Section>
  );
}

function columnsFor(zone: string, now: Date): Column<JobRun>[] {
  return [
    {
      id: 'when',
      header: 'When',
      rowHeader: true,
      className: 'font-normal',
      cell: (run) => <Timestamp value={run.startedAt ?? run.createdAt} zone={zone} now={now} />,
    },
    { id: 'state', header: 'State', cell: (run) => <StateBadge state={run.state} /> },
    {
      id: 'trigger',
      header: 'Started by',
      className: 'whitespace-nowrap',
      cell: (run) => TRIGGERS[run.trigger],
    },
    {
      id: 'summary',
      header: 'Result',
      className: 'min-w-64',
      cell: (run) => run.summary ?? <span className="text-muted-foreground">not yet</span>,
    },
    {
      id: 'open',
      header: 'Run',
      cell: (run) => (
        <TextLink href={`/cleanup/runs/${run.id}`} aria-label={`Open the run ${run.id}`}>
          Open
        </TextLink>
      ),
    },
  ];
}
