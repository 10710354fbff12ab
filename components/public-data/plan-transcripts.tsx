import type { PlanTranscript, PlanTranscriptReason } from '@/lib/deletion/list-plan-transcripts';
import { sayReason } from '@/lib/deletion/reasons';
import type { Plan } from '@/lib/deletion/source';
import { formatNumber } from '@/lib/platform/format';
import { type ItemFilters, itemFilters } from '../cleanup/plan-item-filters';
import { type Column, DataTable } from '../data-table/data-table';
import { FilterBar } from '../data-table/filter-bar';
import { KeysetPages } from '../data-table/keyset-pages';
import type { SearchParams } from '../data-table/table-url';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { type State, StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { transcriptHref } from './public-data-href';

interface PlanTranscriptsProps {
  plan: Plan;
  page: { transcripts: PlanTranscript[]; nextAfter: number | null };
  filters: ItemFilters;
  reasons: readonly PlanTranscriptReason[];
  params: SearchParams;
  zone: string;
  now: Date;
}

/** Every transcript that the plan names, in its order, with what becomes of it as a whole. */
export function PlanTranscripts({ plan, page, filters, reasons, params, zone, now }: PlanTranscriptsProps) {
  const pathname = `/cleanup/plans/${plan.id}`;
  return (
    <div id="items" className="min-w-0 scroll-mt-18 lg:scroll-mt-4">
      <Section
        title="Transcripts"
        surface={false}
        description="Each goes as a whole, with its rows and all its files, or stays as a whole. The oldest come first, in the hash and in the run."
      >
        <FilterBar
          label="Filter the transcripts"
          pathname={pathname}
          filters={itemFilters(filters, null, reasons, 'All transcripts')}
        />
        <DataTable
          caption="Transcripts of the plan"
          columns={columnsFor(zone, now)}
          rows={page.transcripts}
          rowKey={({ position }) => position}
          empty={
            <EmptyState
              title={filters.isFiltered ? 'No transcript matches' : 'No transcripts'}
              actions={
                filters.isFiltered ? (
                  <LinkButton href={`${pathname}#items`} scroll={false}>
                    Show all transcripts
                  </LinkButton>
                ) : null
              }
            >
              {emptyWords(plan, filters)}
            </EmptyState>
          }
          footer={
            <KeysetPages
              noun="transcript"
              shown={page.transcripts.length}
              nextCursor={page.nextAfter === null ? null : String(page.nextAfter)}
              pathname={pathname}
              params={params}
            />
          }
        />
      </Section>
    </div>
  );
}

function emptyWords({ state, heldBackTranscripts }: Plan, { isFiltered }: ItemFilters): string {
  if (isFiltered) return 'Take away a filter.';
  if (state !== 'expired' && heldBackTranscripts > 0)
    return 'It deletes none, and what is held back it only counts.';
  return state === 'expired'
    ? 'The transcripts of a plan that expired unused are removed from it; its figures and its hash stay.'
    : 'No transcript’s period is over, so there is nothing to delete and nothing to hold back.';
}

const columnsFor = (zone: string, now: Date): Column<PlanTranscript>[] => [
  { id: 'position', header: 'No.', numeric: true, cell: ({ position }) => formatNumber(position) },
  {
    id: 'name',
    header: 'Transcript',
    rowHeader: true,
    className: 'min-w-52 max-w-96',
    cell: ({ transcriptId, name, outcome }) => (
      <span className="grid gap-0.5 wrap-anywhere">
        <TextLink href={transcriptHref(transcriptId)}>
          {name ?? (outcome === 'deleted' ? 'A deleted transcript' : 'Without a name')}
        </TextLink>
        <code className="font-mono text-xs font-normal text-muted-foreground">{transcriptId}</code>
      </span>
    ),
  },
  {
    id: 'made',
    header: 'Made',
    cell: ({ madeAt }) => <Timestamp value={madeAt} zone={zone} now={now} empty="not known" />,
  },
  {
    id: 'files',
    header: 'Files',
    numeric: true,
    // Of what is held back the plan names no file unless it is shared.
    cell: ({ files, willDelete }) => (willDelete || files > 0 ? formatNumber(files) : '–'),
  },
  {
    id: 'fate',
    header: 'Goes or stays',
    className: 'min-w-44',
    stacksOnPhones: true,
    cell: (transcript) => <Fate {...fateOf(transcript)} />,
  },
];

interface FateProps {
  state: State;
  word: string;
  why: string | null;
}

function Fate({ state, word, why }: FateProps) {
  return (
    <span className="grid justify-items-start gap-1">
      <StateBadge state={state}>{word}</StateBadge>
      {why ? (
        <span className="text-[0.8125rem] wrap-anywhere text-muted-foreground">
          {why.charAt(0).toUpperCase() + why.slice(1)}
        </span>
      ) : null}
    </span>
  );
}

function fateOf({ outcome, outcomeReason, error, willDelete, reason }: PlanTranscript): FateProps {
  switch (outcome) {
    case 'deleted':
      return { state: 'deleted', word: 'Deleted', why: null };
    case 'failed':
      return {
        ...{ state: 'failed', word: 'Failed' },
        why: error ?? 'a file of it could not be deleted, so all its rows stay; it is tried again',
      };
    case 'shrunk':
      return { state: 'kept', word: 'Stayed', why: sayReason(outcomeReason ?? reason) };
    case null:
      if (willDelete) return { state: 'due', word: 'Goes', why: null };
      return { state: reason === 'held' ? 'held' : 'blocked', word: 'Held back', why: sayReason(reason) };
  }
}
