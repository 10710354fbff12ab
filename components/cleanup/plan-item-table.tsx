import type { ReactNode } from 'react';
import { fileKindWords } from '@/lib/anonymous/file-kinds';
import { artifactKindWords } from '@/lib/challenges/artifact-kinds';
import type { PlanItem } from '@/lib/deletion/list-plan-items';
import { sayReason } from '@/lib/deletion/reasons';
import { formatNumber } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { transcriptHref } from '../public-data/public-data-href';
import { Bytes } from '../ui/bytes';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { ItemSubject } from './item-subject';

interface PlanItemTableProps {
  items: readonly PlanItem[];
  /** Whether they are of anonymous data. */
  isAnonymous: boolean;
  zone: string;
  empty: ReactNode;
  footer?: ReactNode;
  caption?: string;
}

/** Items of a plan: which file, of what, and why it goes or stays. */
export function PlanItemTable({
  items,
  isAnonymous,
  zone,
  empty,
  footer,
  caption = 'Items of the plan',
}: PlanItemTableProps) {
  const columns: Column<PlanItem>[] = [
    { id: 'position', header: 'No.', numeric: true, cell: (item) => formatNumber(item.position) },
    {
      id: 'key',
      header: 'File',
      rowHeader: true,
      className: 'min-w-80 max-w-xl',
      cell: (item) => (
        <span className="grid gap-0.5 font-normal">
          <code className="font-mono text-[0.8125rem] break-all">{item.storageKey}</code>
          <span className="text-xs text-muted-foreground">
            {item.transcriptId === null ? artifactKindWords(item.kind) : fileKindWords(item.kind)}
          </span>
        </span>
      ),
    },
    isAnonymous
      ? {
          id: 'transcript',
          header: 'Goes with',
          className: 'min-w-40',
          cell: (item) => <ItemSubject item={item} />,
        }
      : {
          id: 'submission',
          header: 'Submission',
          className: 'min-w-40',
          cell: (item) => (
            <span className="grid gap-0.5">
              <ItemSubject item={item} />
              <span className="text-xs text-muted-foreground">
                {item.challengeTitle ?? `Challenge ${item.challengeId}`}
              </span>
            </span>
          ),
        },
    { id: 'size', header: 'Size', numeric: true, cell: (item) => <Bytes value={item.sizeBytes} /> },
    {
      id: 'date',
      header: 'Date reached',
      className: 'whitespace-nowrap',
      cell: (item) => formatDate(item.eligibleDate, zone, 'short'),
    },
    { id: 'fate', header: 'Goes or stays', className: 'min-w-44', cell: (item) => <Fate item={item} /> },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={items}
      rowKey={(item) => item.position}
      empty={empty}
      footer={footer}
    />
  );
}

function Fate({ item }: { item: PlanItem }) {
  const { state, word, why } = fateOf(item);
  return (
    <span className="grid justify-items-start gap-1">
      <StateBadge state={state}>{word}</StateBadge>
      {why ? <span className="text-[0.8125rem] text-muted-foreground">{capital(why)}</span> : null}
      {state === 'held' || state === 'blocked' || state === 'kept' ? <Why item={item} /> : null}
    </span>
  );
}

function Why({ item: { challengeId, submissionId, transcriptId } }: { item: PlanItem }) {
  const [href, what] =
    transcriptId === null
      ? [`/challenges/${challengeId}/submissions/${submissionId}#why`, `submission ${submissionId}`]
      : [transcriptHref(transcriptId), `transcript ${transcriptId}`];
  return (
    <TextLink href={href} className="text-[0.8125rem]" aria-label={`Why ${what} stays`}>
      Why?
    </TextLink>
  );
}

function fateOf(item: PlanItem) {
  if (item.outcome === 'deleted') return { state: 'deleted', word: 'Deleted', why: null } as const;
  if (item.outcome === 'failed') {
    const why = item.error ?? 'it could not be deleted, and is tried again';
    return { state: 'failed', word: 'Failed', why } as const;
  }
  if (item.outcome === 'shrunk') {
    return { state: 'kept', word: 'Stayed', why: sayReason(item.outcomeReason ?? item.reason) } as const;
  }
  if (item.willDelete) return { state: 'due', word: 'Goes', why: null } as const;
  const state = item.reason === 'held' ? 'held' : 'blocked';
  return { state, word: 'Held back', why: sayReason(item.reason) } as const;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
