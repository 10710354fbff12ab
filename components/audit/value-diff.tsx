import { diffValues, type ValueChange } from '@/lib/audit/diff-values';
import type { AuditEventRow } from '@/lib/audit/list-events';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';

/** The old and the new value side by side. What differs is marked by a word and a colour. */
export function ValueDiff({ event, zone }: { event: AuditEventRow; zone: string }) {
  const changes = diffValues(event.oldValue, event.newValue);
  const hasOld = changes.some(({ before }) => before !== undefined);
  const columns: Column<ValueChange>[] = [
    {
      id: 'path',
      header: 'Value',
      rowHeader: true,
      className: 'max-w-56 break-words',
      cell: ({ path, changed }) => (
        <span className="grid justify-items-start gap-0.5">
          <code className="font-mono text-[0.8125rem]">{path || 'value'}</code>
          {changed ? <span className="text-xs font-normal text-tone-amber">changed</span> : null}
        </span>
      ),
    },
    ...(hasOld
      ? [
          {
            id: 'before',
            header: 'Before',
            className: 'w-1/3 min-w-40',
            cell: ({ before, changed }: ValueChange) => (
              <Value value={before} tone={changed ? 'bg-tone-red-soft' : ''} zone={zone} />
            ),
          },
        ]
      : []),
    {
      id: 'after',
      header: hasOld ? 'After' : 'Recorded',
      className: hasOld ? 'w-1/3 min-w-40' : 'min-w-56',
      cell: ({ after, changed }) => (
        <Value value={after} tone={changed ? 'bg-tone-green-soft' : ''} zone={zone} />
      ),
    },
  ];
  return (
    <Section title={hasOld ? 'Before and after' : 'What was recorded'} surface={false}>
      <DataTable
        caption="Old and new value"
        columns={columns}
        rows={changes}
        rowKey={({ path }) => path}
        empty={
          <EmptyState title="No values">
            This event changed nothing, so it has no old and new value.
          </EmptyState>
        }
      />
    </Section>
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

function Value({ value, tone, zone }: { value: unknown; tone: string; zone: string }) {
  if (value === undefined) return <span className="text-muted-foreground">–</span>;
  return (
    <span className={`-mx-1 rounded-sm px-1 break-words whitespace-pre-wrap ${tone}`}>
      {typeof value === 'string' ? value : JSON.stringify(value)}
      {typeof value === 'string' && INSTANT.test(value) ? (
        <span className="block text-xs text-muted-foreground">
          {formatInstantBoth(new Date(value), zone)}
        </span>
      ) : null}
    </span>
  );
}
