import { sayLimits } from '@/lib/audit/limits/say-stream';
import type { StreamStanding } from '@/lib/audit/limits/stream-standings';
import { formatBytes, formatNumber } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { streamHref } from './stream-href';
import { StreamStateBadge } from './stream-state-badge';

interface StreamTableProps {
  streams: readonly StreamStanding[];
  zone: string;
  now: Date;
}

/** All streams, with what each has and may have. */
export function StreamTable({ streams, zone, now }: StreamTableProps) {
  const columns: Column<StreamStanding>[] = [
    {
      id: 'name',
      header: 'Stream',
      rowHeader: true,
      cell: ({ name }) => (
        <TextLink href={streamHref(name)} className="wrap-anywhere">
          {name}
        </TextLink>
      ),
    },
    {
      id: 'state',
      header: 'Stands',
      stacksOnPhones: true,
      className: 'min-w-56',
      cell: (stream) => (
        <span className="grid gap-1">
          <StreamStateBadge stream={stream} />
          {stream.alarm === null ? null : (
            <span className="text-[0.8125rem] break-words text-tone-red">{stream.alarm}</span>
          )}
        </span>
      ),
    },
    {
      id: 'events',
      header: 'Events',
      numeric: true,
      cell: ({ events, isEstimate }) => `${about(isEstimate)}${formatNumber(events)}`,
    },
    {
      id: 'bytes',
      header: 'Bytes',
      numeric: true,
      cell: ({ bytes, isEstimate }) => `${about(isEstimate)}${formatBytes(bytes)}`,
    },
    {
      id: 'limits',
      header: 'Limits',
      className: 'min-w-56',
      hideBelow: 'md',
      cell: (stream) => <Limits stream={stream} zone={zone} />,
    },
    {
      id: 'cleanup',
      header: 'Last cleanup',
      hideBelow: 'lg',
      cell: ({ lastCleanupAt }) => <Timestamp value={lastCleanupAt} zone={zone} now={now} />,
    },
  ];
  return (
    <DataTable
      caption="Streams of the audit log"
      columns={columns}
      rows={streams}
      rowKey={({ name }) => name}
      empty={<EmptyState title="No streams">A stream begins with its first event.</EmptyState>}
    />
  );
}

/** By the day: nobody counts the events of streams without limits. */
const about = (isEstimate: boolean) => (isEstimate ? '~' : '');

function Limits({ stream: { limits, pending }, zone }: { stream: StreamStanding; zone: string }) {
  return (
    <span className="grid gap-0.5">
      {limits === null ? (
        <span className="text-muted-foreground">Those of the tiers</span>
      ) : (
        <span>{sayLimits(limits)}</span>
      )}
      {pending ? (
        <span className="text-[0.8125rem] text-tone-amber">
          {sayLimits(pending.limits)} from {formatDate(pending.from, zone)} on
        </span>
      ) : null}
    </span>
  );
}
