import type { PlanReason } from '@/lib/deletion/plan-summaries';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { TextLink } from '../ui/text-link';

interface PlanByReasonProps {
  planId: string;
  /** Reasons for which something stays. */
  reasons: readonly PlanReason[];
}

/** What is held back although its date is reached, and why, in words. */
export function PlanByReason({ planId, reasons }: PlanByReasonProps) {
  if (reasons.length === 0) return null;
  const columns: Column<PlanReason>[] = [
    {
      id: 'reason',
      header: 'Why it stays',
      rowHeader: true,
      className: 'min-w-64',
      cell: ({ words }) => (
        <span className="font-normal">{words.charAt(0).toUpperCase() + words.slice(1)}</span>
      ),
    },
    {
      id: 'submissions',
      header: 'Submissions',
      numeric: true,
      cell: ({ submissions }) => formatNumber(submissions),
    },
    { id: 'files', header: 'Files', numeric: true, cell: ({ files }) => formatNumber(files) },
    {
      id: 'items',
      header: 'Items',
      cell: ({ reason, words }) => (
        <TextLink
          href={`/cleanup/plans/${planId}?reason=${encodeURIComponent(reason)}#items`}
          aria-label={`Items that stay because ${words}`}
        >
          Show
        </TextLink>
      ),
    },
  ];
  return (
    <Section title="Held back" surface={false}>
      <DataTable
        caption="What is held back, by reason"
        columns={columns}
        rows={reasons}
        rowKey={({ reason }) => reason}
        empty={null}
      />
    </Section>
  );
}
