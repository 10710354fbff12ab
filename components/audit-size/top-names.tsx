import type { AuditSize } from '@/lib/audit/size/audit-size';
import type { TopName } from '@/lib/audit/size/top-names';
import { formatNumber, formatShare } from '@/lib/platform/format';
import { AUDIT_PATH } from '../audit/audit-filters';
import { eventTitle, isOwn } from '../audit/audit-words';
import { type Column, DataTable } from '../data-table/data-table';
import { hrefWith } from '../data-table/table-url';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';

interface TopNamesProps {
  size: Pick<AuditSize, 'top'>;
  /** What actors of Lapse itself are called, by their keys; one without a name is shown as it is. */
  actors: ReadonlyMap<string, string>;
}

/** The most frequent actions and actors, side by side; each leads to its events. */
export function TopNames({ size: { top }, actors }: TopNamesProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Names
        caption="Most frequent actions"
        header="Action"
        param="action"
        names={top.actions}
        all={top.events}
        say={({ stream, name }) => eventTitle({ stream, action: name })}
      />
      <Names
        caption="Most frequent actors"
        header="Actor"
        param="actor"
        names={top.actors}
        all={top.events}
        say={(actor) => (isOwn(actor) ? actors.get(actor.name) : undefined) ?? actor.name}
      />
    </div>
  );
}

interface NamesProps {
  caption: string;
  header: string;
  /** What the list of events filters by. */
  param: 'action' | 'actor';
  names: readonly TopName[];
  all: number;
  say: (name: TopName) => string;
}

function Names({ caption, header, param, names, all, say }: NamesProps) {
  const columns: Column<TopName>[] = [
    {
      id: 'name',
      header,
      rowHeader: true,
      cell: (top) => (
        <span className="grid gap-1">
          <TextLink
            href={hrefWith(AUDIT_PATH, {}, { stream: top.stream, [param]: top.name })}
            className="justify-self-start wrap-anywhere"
          >
            {say(top)}
          </TextLink>
          {isOwn(top) && say(top) === top.name ? null : (
            <code className="font-mono text-xs font-normal wrap-anywhere text-muted-foreground">
              {isOwn(top) ? top.name : top.stream}
            </code>
          )}
          <span
            aria-hidden
            className="h-1 rounded-full bg-tone-teal"
            style={{ width: `${(top.events / all) * 100}%` }}
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
      rowKey={({ stream, name }) => `${stream} ${name}`}
      empty={
        <EmptyState title={`No ${header.toLowerCase()} in this period`}>
          Events are counted when they are sealed, within ten minutes.
        </EmptyState>
      }
    />
  );
}
