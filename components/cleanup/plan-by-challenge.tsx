import type { PlanChallenge } from '@/lib/deletion/plan-summaries';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';

interface PlanByChallengeProps {
  planId: string;
  challenges: readonly PlanChallenge[];
}

/** So many stand here; the items below can be filtered for any other. */
const SHOWN = 100;

/** What goes and what stays, challenge by challenge. */
export function PlanByChallenge({ planId, challenges }: PlanByChallengeProps) {
  const columns: Column<PlanChallenge>[] = [
    {
      id: 'challenge',
      header: 'Challenge',
      rowHeader: true,
      className: 'min-w-52',
      cell: ({ challengeId, title }) => (
        <span className="grid gap-0.5">
          <TextLink href={`/challenges/${challengeId}`}>{title || `Challenge ${challengeId}`}</TextLink>
          <span className="text-xs font-normal text-muted-foreground">#{challengeId}</span>
        </span>
      ),
    },
    {
      id: 'submissions',
      header: 'Submissions',
      numeric: true,
      cell: ({ submissions }) => formatNumber(submissions),
    },
    { id: 'files', header: 'Files', numeric: true, cell: ({ files }) => formatNumber(files) },
    { id: 'bytes', header: 'Size', numeric: true, cell: ({ bytes }) => <Bytes value={bytes} /> },
    {
      id: 'held',
      header: 'Held back',
      numeric: true,
      cell: ({ heldBackSubmissions }) => formatNumber(heldBackSubmissions),
    },
    {
      id: 'items',
      header: 'Items',
      cell: ({ challengeId, title }) => (
        <TextLink
          href={`/cleanup/plans/${planId}?challenge=${challengeId}#items`}
          aria-label={`Items of ${title || `challenge ${challengeId}`}`}
        >
          Show
        </TextLink>
      ),
    },
  ];
  const rest = challenges.length - SHOWN;
  return (
    <Section title="By challenge" surface={false}>
      <DataTable
        caption="The plan by challenge"
        columns={columns}
        rows={challenges.slice(0, SHOWN)}
        rowKey={({ challengeId }) => challengeId}
        maxHeight="28rem"
        empty={
          <EmptyState title="No challenge">
            No submission’s date is reached, or the items were removed.
          </EmptyState>
        }
        footer={
          rest > 0 ? (
            <p className="text-[0.8125rem] text-muted-foreground">
              And {formatCount(rest, 'challenge')} with less; filter the items by the id of a challenge.
            </p>
          ) : null
        }
      />
    </Section>
  );
}
