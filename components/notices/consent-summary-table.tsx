import type { ReactNode } from 'react';
import type { ConsentSummary } from '@/lib/notices/list-consent-summaries';
import { formatCount } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { StateBadge } from '../ui/state-badge';
import { Timestamp } from '../ui/timestamp';

interface ConsentSummaryTableProps {
  summaries: readonly ConsentSummary[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer: ReactNode;
}

/** Summaries of consent: which window each covers, what changed in it, and whom it reached. */
export function ConsentSummaryTable({ summaries, zone, now, empty, footer }: ConsentSummaryTableProps) {
  const columns: Column<ConsentSummary>[] = [
    {
      id: 'window',
      header: 'Decisions from and until',
      rowHeader: true,
      className: 'min-w-44',
      cell: ({ windowStart, windowEnd }) => (
        <span className="grid gap-0.5 font-normal">
          <Timestamp value={windowStart} zone={zone} now={now} layout="exact" />
          <Timestamp value={windowEnd} zone={zone} now={now} layout="exact" />
        </span>
      ),
    },
    { id: 'given', header: 'Given', numeric: true, cell: ({ given }) => given.toLocaleString('en-GB') },
    {
      id: 'withdrawn',
      header: 'Withdrawn',
      numeric: true,
      cell: ({ withdrawn }) => withdrawn.toLocaleString('en-GB'),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-52',
      cell: (summary) => <State summary={summary} zone={zone} now={now} />,
    },
    {
      id: 'readers',
      header: 'Readers',
      className: 'min-w-52',
      cell: (summary) => <Readers summary={summary} />,
    },
  ];
  return (
    <DataTable
      caption="Summaries of consent"
      columns={columns}
      rows={summaries}
      rowKey={({ id }) => id}
      empty={empty}
      footer={footer}
    />
  );
}

function State({ summary, zone, now }: { summary: ConsentSummary; zone: string; now: Date }) {
  const { state, sentAt, error, attempts, nextAttemptAt } = summary;
  if (state === 'sending') return <StateBadge state="running">Being sent</StateBadge>;
  return (
    <span className="grid justify-items-start gap-1">
      {state === 'sent' ? <StateBadge state="succeeded">Sent</StateBadge> : <StateBadge state="failed" />}
      {sentAt ? <Timestamp value={sentAt} zone={zone} now={now} /> : null}
      {error ? <span className="text-[0.8125rem] break-words">{error}</span> : null}
      {nextAttemptAt ? (
        <span className="text-xs text-muted-foreground">
          {formatCount(attempts, 'attempt')}; tried again after{' '}
          <Timestamp value={nextAttemptAt} zone={zone} now={now} layout="exact" />
        </span>
      ) : null}
    </span>
  );
}

function Readers({ summary: { recipients, state } }: { summary: ConsentSummary }) {
  const refused = recipients.filter(({ accepted }) => !accepted);
  const reached = recipients.length - refused.length;
  return (
    <span className="grid gap-1 text-[0.8125rem]">
      {state === 'sending' && recipients.length === 0
        ? 'nobody yet'
        : `${formatCount(reached, 'reader')} reached`}
      {refused.map(({ personId, email, error }) => (
        <span key={personId} className="break-words">
          Not reached: {email}
          {error ? <span className="block text-xs text-muted-foreground">{error}</span> : null}
        </span>
      ))}
    </span>
  );
}
