import type { StreamHold } from '@/lib/audit/limits/stream-holds';
import { type Column, DataTable } from '../data-table/data-table';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { Timestamp } from '../ui/timestamp';
import { ReasonDialog } from './reason-dialog';
import type { ReleaseStreamHoldAction } from './stream-actions';

interface StreamHoldTableProps {
  stream: string;
  holds: readonly StreamHold[];
  /** Null for those who may look and not act. */
  release: ReleaseStreamHoldAction | null;
  zone: string;
  now: Date;
}

/** The holds on a stream, also those that are over. */
export function StreamHoldTable({ stream, holds, release, zone, now }: StreamHoldTableProps) {
  const columns: Column<StreamHold>[] = [
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      className: 'min-w-56 max-w-96',
      cell: ({ matter, reason }) => (
        <span className="grid gap-0.5 break-words">
          {matter}
          <span className="text-[0.8125rem] font-normal text-muted-foreground">{reason}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-44',
      stacksOnPhones: true,
      cell: (hold) => <State hold={hold} stream={stream} release={release} zone={zone} now={now} />,
    },
    {
      id: 'placed',
      header: 'Placed',
      cell: ({ placedAt, placedBy }) => (
        <span className="grid">
          <Timestamp value={placedAt} zone={zone} now={now} />
          <span className="text-xs text-muted-foreground">by {placedBy}</span>
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Holds on the stream"
      columns={columns}
      rows={holds}
      rowKey={({ id }) => id}
      empty={<EmptyState title="No hold">Limits and periods decide how long its events stay.</EmptyState>}
    />
  );
}

type StateProps = Omit<StreamHoldTableProps, 'holds'> & { hold: StreamHold };

function State({ hold, stream, release, zone, now }: StateProps) {
  if (hold.releasedAt) {
    return (
      <span className="grid gap-0.5">
        <span className="text-muted-foreground">Released</span>
        <Timestamp value={hold.releasedAt} zone={zone} now={now} />
        <span className="text-xs break-words text-muted-foreground">
          by {hold.releasedBy}: {hold.releaseReason}
        </span>
      </span>
    );
  }
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StateBadge state="held">Active</StateBadge>
      {release ? (
        <ReasonDialog
          trigger="Release…"
          title={`Release the hold for “${hold.matter}”?`}
          description={`From then on, once no other hold is active, limits and periods decide how long the events of ${stream} stay.`}
          confirm="Release the hold"
          done="The hold is released."
          run={release}
          input={{ stream, holdId: hold.id }}
        />
      ) : null}
    </span>
  );
}
