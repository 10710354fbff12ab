import { nextRun } from '@/lib/challenges/forecast';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import type { JobRun } from '@/lib/jobs/job-run';
import { type Column, DataTable } from '../data-table/data-table';
import { LinkButton } from '../ui/link-button';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { runHref, runSentence } from './run-words';
import {
  StartAuditJob,
  type StartAuditJobAction,
  type StartJob,
  StartLogRetention,
  StartNotices,
  StartOverrideChanges,
  StartRecompute,
  StartReconciliation,
} from './start-job';

interface JobListProps {
  lastRuns: Partial<Record<JobName, JobRun>>;
  zone: string;
  now: Date;
  /** How an admin starts a job; null for those who may not. */
  start: {
    recompute: StartJob;
    notices: StartJob;
    reconciliation: StartJob;
    logs: StartJob;
    overrides: StartJob;
    audit: StartAuditJobAction;
  } | null;
}

interface Row {
  name: JobName;
  last: JobRun | undefined;
}

/** Each scheduled job: when it runs, what its last run did, and a way to start it. */
export function JobList({ lastRuns, zone, now, start }: JobListProps) {
  const rows = (Object.keys(JOBS) as JobName[]).map((name): Row => ({ name, last: lastRuns[name] }));
  const columns: Column<Row>[] = [
    {
      id: 'job',
      header: 'Job',
      rowHeader: true,
      className: 'min-w-56',
      cell: ({ name }) => (
        <span className="grid gap-0.5">
          {JOBS[name].title}
          <span className="text-[0.8125rem] font-normal text-muted-foreground">
            {capital(JOBS[name].when)}
          </span>
        </span>
      ),
    },
    {
      id: 'next',
      header: 'Next run',
      cell: ({ name }) => <Timestamp value={nextRun(name, now)} zone={zone} now={now} />,
    },
    {
      id: 'last',
      header: 'Last run',
      className: 'min-w-72',
      cell: ({ last }) => <LastRun run={last} zone={zone} now={now} />,
    },
    ...(start
      ? [
          {
            id: 'start',
            header: 'Start',
            className: 'w-0 whitespace-nowrap',
            cell: ({ name }: Row) => <Start name={name} start={start} />,
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption="Scheduled jobs"
      columns={columns}
      rows={rows}
      rowKey={({ name }) => name}
      empty={null}
    />
  );
}

function LastRun({ run, zone, now }: { run: JobRun | undefined; zone: string; now: Date }) {
  if (!run) return <span className="text-muted-foreground">It has not run yet.</span>;
  return (
    <span className="grid justify-items-start gap-1">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <StateBadge state={run.state} />
        <TextLink href={runHref(run)}>
          <Timestamp value={run.startedAt ?? run.createdAt} zone={zone} now={now} layout="inline" />
        </TextLink>
      </span>
      {run.summary ? (
        <span className="text-[0.8125rem] text-muted-foreground">{runSentence(run, zone)}</span>
      ) : null}
    </span>
  );
}

function Start({ name, start }: { name: JobName; start: NonNullable<JobListProps['start']> }) {
  switch (name) {
    case 'cleanup-expired-submission-artifacts':
      return (
        <LinkButton href="/cleanup" size="sm">
          Preview first
        </LinkButton>
      );
    case 'cleanup-anonymous-data':
      return (
        <LinkButton href="/public-data" size="sm">
          Preview first
        </LinkButton>
      );
    case 'update-submission-retention-dates':
      return <StartRecompute start={start.recompute} />;
    case 'weekly-retention-notifications-and-consent-log':
      return <StartNotices start={start.notices} />;
    case 'apply-log-retention':
      return <StartLogRetention start={start.logs} />;
    case 'apply-override-changes':
      return <StartOverrideChanges start={start.overrides} />;
    case 'reconcile-artifacts':
      return <StartReconciliation start={start.reconciliation} />;
    case 'maintain-audit-log':
    case 'archive-audit-log':
    case 'verify-audit-log':
      return <StartAuditJob start={start.audit} job={name} title={JOBS[name].title} />;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
