import type { StandingHold } from '@/lib/why/read-holds';
import { type Column, DataTable } from '../data-table/data-table';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { TARGETS } from './why-words';

interface StandingHoldsProps {
  holds: readonly StandingHold[];
  zone: string;
  now: Date;
}

/** The holds that keep it; what they are about is for admins and auditors. */
export function StandingHolds({ holds, zone, now }: StandingHoldsProps) {
  if (holds.length === 0) return null;
  const columns: Column<StandingHold>[] = [
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      cell: ({ id, matter }) =>
        matter === null ? (
          <span className="font-normal">Known to the administrators</span>
        ) : (
          <TextLink href={`/holds/${id}`}>{matter}</TextLink>
        ),
    },
    { id: 'on', header: 'On', className: 'min-w-36', cell: ({ on }) => TARGETS[on] },
    {
      id: 'reason',
      header: 'Reason',
      className: 'min-w-48 max-w-96 break-words',
      cell: ({ reason }) => reason ?? '–',
    },
    {
      id: 'since',
      header: 'Since',
      cell: ({ placedAt, placedBy }) => (
        <span className="grid">
          <Timestamp value={placedAt} zone={zone} now={now} />
          {placedBy ? <span className="text-xs text-muted-foreground">by {placedBy}</span> : null}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Holds that keep it"
      columns={columns}
      rows={holds}
      rowKey={({ id }) => id}
      empty={null}
    />
  );
}
