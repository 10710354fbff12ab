import type { ReactNode } from 'react';
import type { ConsentEventSummary } from '@/lib/consent/consent-history';
import { type Column, DataTable } from '../data-table/data-table';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { ConsentActionBadge } from './consent-action-badge';
import { CHANNELS } from './consent-words';

interface ConsentHistoryTableProps {
  caption: string;
  events: readonly ConsentEventSummary[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

export function ConsentHistoryTable(props: ConsentHistoryTableProps) {
  return (
    <DataTable
      caption={props.caption}
      columns={columnsFor(props)}
      rows={props.events}
      rowKey={(event) => event.id}
      empty={props.empty}
      footer={props.footer}
    />
  );
}

function columnsFor({ zone, now }: ConsentHistoryTableProps): Column<ConsentEventSummary>[] {
  return [
    {
      id: 'at',
      header: 'When',
      rowHeader: true,
      className: 'font-normal',
      cell: (event) => <Timestamp value={event.at} zone={zone} now={now} />,
    },
    { id: 'action', header: 'Decision', cell: (event) => <ConsentActionBadge action={event.action} /> },
    {
      id: 'challenge',
      header: 'Challenge',
      className: 'min-w-48 max-w-80',
      cell: (event) => (
        <TextLink href={`/challenges/${event.challengeId}`} className="break-words">
          {event.challengeTitle}
        </TextLink>
      ),
    },
    {
      id: 'person',
      header: 'By',
      className: 'min-w-32',
      cell: (event) => (
        <span className="grid">
          {event.person.displayName}
          <span className="text-xs text-muted-foreground">{event.person.username}</span>
        </span>
      ),
    },
    { id: 'channel', header: 'Came by', cell: (event) => CHANNELS[event.channel] },
    {
      id: 'notes',
      header: 'Notes',
      className: 'min-w-40 max-w-72',
      cell: (event) =>
        event.notes ? (
          <span className="line-clamp-3 break-words whitespace-pre-line">{event.notes}</span>
        ) : (
          <span className="text-muted-foreground">none</span>
        ),
    },
    {
      id: 'record',
      header: 'Record',
      cell: (event) => (
        <TextLink href={`/consent-history/${event.id}`} aria-label={`Open record ${event.sequence}`}>
          Open
        </TextLink>
      ),
    },
  ];
}
