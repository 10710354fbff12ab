import type { ReactNode } from 'react';
import { diffValues, type ValueChange } from '@/lib/audit/diff-values';
import type { AuditEventRow } from '@/lib/audit/event-row';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { isOwn } from './audit-words';

/** Rows of one event that are drawn; a program can push thousands of values in one. */
const DRAWN = 500;

/** The old and the new value side by side. What differs is marked by a word and a colour. */
export function ValueDiff({ event, zone }: { event: AuditEventRow; zone: string }) {
  const changes = diffValues(event.oldValue, event.newValue);
  const hasOld = changes.some(({ before }) => before !== undefined);
  return (
    <ValueTable
      title={hasOld ? 'Before and after' : 'What was recorded'}
      caption="Old and new value"
      changes={changes}
      zone={zone}
      empty={
        <EmptyState title="No values">
          {isOwn(event)
            ? 'This event changed nothing, so it has no old and new value.'
            : 'The program that pushed this event gave no old and new value.'}
        </EmptyState>
      }
    />
  );
}

interface ValueTableProps {
  title: string;
  caption: string;
  changes: readonly ValueChange[];
  zone: string;
  empty: ReactNode;
}

/** Values by their path, each as it was recorded. */
export function ValueTable({ title, caption, changes, zone, empty }: ValueTableProps) {
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
  const left = changes.length - DRAWN;
  return (
    <Section title={title} surface={false}>
      <DataTable
        caption={caption}
        columns={columns}
        rows={changes.slice(0, DRAWN)}
        rowKey={({ path }) => path}
        empty={empty}
      />
      {left > 0 ? (
        <p className="mt-2 text-[0.8125rem] text-muted-foreground">
          {formatCount(left, 'more value')} not shown: the API and the proof have them all.
        </p>
      ) : null}
    </Section>
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

/** Whether it is one that there is: a 30 February looks like one, and cannot be written in another zone. */
const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));

function Value({ value, tone, zone }: { value: unknown; tone: string; zone: string }) {
  if (value === undefined) return <span className="text-muted-foreground">–</span>;
  return (
    <span className={`-mx-1 rounded-sm px-1 wrap-anywhere whitespace-pre-wrap ${tone}`}>
      {typeof value === 'string' ? value : JSON.stringify(value)}
      {isInstant(value) ? (
        <span className="block text-xs text-muted-foreground">
          {formatInstantBoth(new Date(value), zone)}
        </span>
      ) : null}
    </span>
  );
}
