import type { PlanTranscriptReason } from '@/lib/deletion/list-plan-transcripts';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { TextLink } from '../ui/text-link';
import { TRANSCRIPTS_PATH } from './public-data-href';
import { isHeldBackReason, isReason } from './reason-words';

interface PlanHeldBackProps {
  planId: string;
  reasons: readonly PlanTranscriptReason[];
}

/** What the plan leaves although its period is over, and why, in words. */
export function PlanHeldBack({ planId, reasons }: PlanHeldBackProps) {
  const held = reasons.filter(({ goes }) => !goes);
  if (held.length === 0) return null;
  const columns: Column<PlanTranscriptReason>[] = [
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
      id: 'transcripts',
      header: 'Transcripts',
      numeric: true,
      cell: ({ transcripts }) => formatNumber(transcripts),
    },
    {
      id: 'which',
      header: 'Which',
      cell: ({ reason, words, isNamed }) => {
        const href = isNamed
          ? `/cleanup/plans/${planId}?reason=${encodeURIComponent(reason)}#items`
          : hrefNow(reason);
        if (href === null) return null;
        return (
          <TextLink href={href} aria-label={`Transcripts that stay because ${words}`}>
            {isNamed ? 'Show' : 'Those of now'}
          </TextLink>
        );
      },
    },
  ];
  return (
    <Section
      title="Held back"
      surface={false}
      {...(!held.every(({ isNamed }) => isNamed) && {
        description: 'A plan of the schedule names what goes, and counts what stays.',
      })}
    >
      <DataTable
        caption="What is held back, by reason"
        columns={columns}
        rows={held}
        rowKey={({ reason, isNamed }) => `${reason} ${isNamed}`}
        empty={null}
      />
    </Section>
  );
}

/** The list of what stays for the same reason today. */
const hrefNow = (reason: string): string | null =>
  isReason(reason) || isHeldBackReason(reason) ? `${TRANSCRIPTS_PATH}?reason=${reason}` : null;
