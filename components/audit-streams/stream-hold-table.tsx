import type { StreamHold } from '@/lib/audit/limits/stream-holds';
import { type Column, DataTable } from '../data-table/data-table';
import { HoldState, matterColumn, placedColumn } from '../holds/hold-columns';
import { EmptyState } from '../ui/empty-state';
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
    matterColumn,
    {
      id: 'state',
      header: 'State',
      className: 'min-w-44',
      stacksOnPhones: true,
      cell: (hold) => <State hold={hold} stream={stream} release={release} zone={zone} now={now} />,
    },
    placedColumn({ zone, now }),
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
  return (
    <HoldState hold={hold} zone={zone} now={now}>
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
    </HoldState>
  );
}
