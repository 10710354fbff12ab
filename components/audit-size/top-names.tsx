import type { AuditSize } from '@/lib/audit/size/audit-size';
import type { TopName } from '@/lib/audit/size/top-names';
import { OWN_STREAM } from '@/lib/audit/streams';
import { formatNumber, formatShare } from '@/lib/platform/format';
import { actionWords } from '../audit/audit-words';
import { type Column, DataTable } from '../data-table/data-table';
import { EmptyState } from '../ui/empty-state';

/** The most frequent actions and actors, side by side. */
export function TopNames({ size: { top, stream } }: { size: AuditSize }) {
  const isOwn = stream === OWN_STREAM;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Names
        caption="Most frequent actions"
        header="Action"
        names={top.actions}
        all={top.events}
        // Other programs may call their actions as we call ours.
        say={isOwn ? actionWords : (name) => name}
      />
      <Names
        caption="Most frequent actors"
        header="Actor"
        names={top.actors}
        all={top.events}
        say={(name) => name}
      />
    </div>
  );
}

interface NamesProps {
  caption: string;
  header: string;
  names: readonly TopName[];
  all: number;
  say: (name: string) => string;
}

function Names({ caption, header, names, all, say }: NamesProps) {
  const columns: Column<TopName>[] = [
    {
      id: 'name',
      header,
      rowHeader: true,
      cell: ({ name, events }) => (
        <span className="grid gap-1.5">
          <span className="wrap-anywhere">{say(name)}</span>
          <span
            aria-hidden
            className="h-1 rounded-full bg-tone-teal"
            style={{ width: `${(events / all) * 100}%` }}
          />
        </span>
      ),
    },
    { id: 'events', header: 'Events', numeric: true, cell: ({ events }) => formatNumber(events) },
    { id: 'share', header: 'Share', numeric: true, cell: ({ events }) => formatShare(events / all) },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={names}
      rowKey={({ name }) => name}
      empty={
        <EmptyState title={`No ${header.toLowerCase()} in this period`}>
          Events are counted when they are sealed, within ten minutes.
        </EmptyState>
      }
    />
  );
}
