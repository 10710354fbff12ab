import type { ReactNode } from 'react';
import type { Column } from '../data-table/data-table';
import { StateBadge } from '../ui/state-badge';
import { Timestamp } from '../ui/timestamp';

interface PlacedHold {
  matter: string;
  reason: string;
  placedAt: Date;
  placedBy: string;
}

interface Reader {
  zone: string;
  now: Date;
}

export const matterColumn: Column<PlacedHold> = {
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
};

export const placedColumn = ({ zone, now }: Reader): Column<PlacedHold> => ({
  id: 'placed',
  header: 'Placed',
  cell: ({ placedAt, placedBy }) => (
    <span className="grid">
      <Timestamp value={placedAt} zone={zone} now={now} />
      <span className="text-xs text-muted-foreground">by {placedBy}</span>
    </span>
  ),
});

interface HoldStateProps extends Reader {
  hold: { releasedAt: Date | null; releasedBy: string | null; releaseReason: string | null };
  /** What releases an active one, for those who may. */
  children: ReactNode;
}

/** Whether a hold is active, or who released it, when and why. */
export function HoldState({ hold, zone, now, children }: HoldStateProps) {
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
      {children}
    </span>
  );
}
