import type { PlanItem } from '@/lib/deletion/list-plan-items';
import { sayReason } from '@/lib/deletion/reasons';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { LinkButton } from '../ui/link-button';
import { ItemSubject } from './item-subject';

interface RunLeftoversProps {
  kind: 'failed' | 'shrunk';
  planId: string;
  /** The first of them. */
  items: readonly PlanItem[];
  /** How many objects there are of this kind. */
  total: number;
}

const WORDS = {
  failed: {
    title: 'What failed',
    description: 'Tried again alone by later runs, with growing pauses, and visible until it succeeds.',
  },
  shrunk: {
    title: 'What stayed',
    description: 'It was in the plan, and did not qualify any more when its turn came.',
  },
};

/** Files of the plan that are still there, and why. */
export function RunLeftovers({ kind, planId, items, total }: RunLeftoversProps) {
  if (items.length === 0) return null;
  const { title, description } = WORDS[kind];
  const columns: Column<PlanItem>[] = [
    {
      id: 'key',
      header: 'File',
      rowHeader: true,
      className: 'min-w-64 max-w-md',
      cell: (item) => (
        <code className="font-mono text-[0.8125rem] font-normal break-all">{item.storageKey}</code>
      ),
    },
    { id: 'subject', header: 'Goes with', cell: (item) => <ItemSubject item={item} /> },
    {
      id: 'why',
      header: 'Why',
      className: 'min-w-64',
      cell: (item) =>
        kind === 'failed'
          ? (item.error ?? 'The storage refused or did not answer.')
          : capital(sayReason(item.outcomeReason ?? item.reason)),
    },
  ];
  return (
    <Section
      title={title}
      description={description}
      surface={false}
      actions={
        total > items.length ? (
          <LinkButton href={`/cleanup/plans/${planId}?show=${kind}#items`} size="sm">
            All of them
          </LinkButton>
        ) : null
      }
    >
      <DataTable
        caption={title}
        columns={columns}
        rows={items}
        rowKey={(item) => item.position}
        empty={null}
      />
    </Section>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
