import type { ReactNode } from 'react';
import type { AuditEventRow } from '@/lib/audit/event-row';
import { type Column, DataTable } from '../data-table/data-table';
import { hrefWith, type SearchParams } from '../data-table/table-url';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { AUDIT_PATH } from './audit-filters';
import { eventHref, eventTitle, isOwn, whoDidIt } from './audit-words';
import { errorWords, ResultBadge } from './result-badge';

interface AuditTableProps {
  events: readonly AuditEventRow[];
  /** What targets are called, by target; one without a name is shown as it is. */
  names?: ReadonlyMap<string, string>;
  params: SearchParams;
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Events, newest first; a person or a target filters by itself. */
export function AuditTable({ events, names, params, zone, now, empty, footer }: AuditTableProps) {
  /** A name means something in its stream alone. */
  const only = (event: AuditEventRow, patch: Record<string, string>) =>
    hrefWith(AUDIT_PATH, params, isOwn(event) ? patch : { ...patch, stream: event.stream });
  const columns: Column<AuditEventRow>[] = [
    {
      id: 'action',
      header: 'What',
      rowHeader: true,
      className: 'min-w-44 max-w-72',
      cell: (event) => (
        <span className="grid gap-0.5">
          <TextLink href={eventHref(event)} className="wrap-anywhere">
            {eventTitle(event)}
          </TextLink>
          <code className="font-mono text-xs font-normal text-muted-foreground">
            {isOwn(event) ? event.action : event.stream}
          </code>
        </span>
      ),
    },
    {
      id: 'when',
      header: 'When',
      cell: (event) => <Timestamp value={event.timeStarted} zone={zone} now={now} />,
    },
    {
      id: 'actor',
      header: 'Who',
      stacksOnPhones: true,
      className: 'min-w-36 max-w-64',
      cell: (event) => (
        <TextLink
          href={only(event, { actor: event.actor })}
          className="font-normal wrap-anywhere text-foreground decoration-border"
          title={`Only events of ${event.actor}`}
        >
          {whoDidIt(event)}
        </TextLink>
      ),
    },
    {
      id: 'target',
      header: 'Target',
      className: 'min-w-36 max-w-64',
      cell: (event) =>
        event.target === null ? (
          <span className="text-muted-foreground">–</span>
        ) : (
          <span className="grid gap-0.5">
            {isOwn(event) && names?.has(event.target) ? (
              <span className="break-words">{names.get(event.target)}</span>
            ) : null}
            <TextLink
              href={only(event, { target: event.target })}
              className="font-mono text-[0.8125rem] font-normal wrap-anywhere text-foreground decoration-border"
              title={`Only events of ${event.target}`}
            >
              {isOwn(event) ? shortTarget(event.target) : event.target}
            </TextLink>
          </span>
        ),
    },
    {
      id: 'result',
      header: 'Result',
      stacksOnPhones: true,
      className: 'min-w-56 max-w-96',
      cell: (event) => (
        <span className="grid justify-items-start gap-1">
          <ResultBadge event={event} />
          {(event.error ?? event.reason) ? (
            <span className="line-clamp-4 text-[0.8125rem] wrap-anywhere text-muted-foreground">
              {event.error && isOwn(event) ? errorWords(event.error) : (event.error ?? event.reason)}
            </span>
          ) : null}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Audit events"
      columns={columns}
      rows={events}
      rowKey={(event) => event.id}
      empty={empty}
      footer={footer}
    />
  );
}

/** Time-ordered ids share their beginnings, so the end tells them apart: 'plan:…9f2c41ab'. */
function shortTarget(target: string): string {
  return target.replace(/^([a-z]+):[0-9a-f-]{28}([0-9a-f]{8})$/, '$1:…$2');
}
