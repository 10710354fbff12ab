import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { PUBLIC_DATA_PATH, TRANSCRIPTS_PATH } from '@/components/public-data/public-data-href';
import { PublicDataTabs } from '@/components/public-data/public-data-tabs';
import { listAnswer } from '@/components/public-data/transcript-answer';
import {
  readTranscriptFilters,
  toTranscriptInput,
  transcriptFilters,
} from '@/components/public-data/transcript-filters';
import { TranscriptTable } from '@/components/public-data/transcript-table';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { listTranscripts } from '@/lib/anonymous/list-transcripts';

export const metadata: Metadata = { title: 'Transcripts' };

export default async function TranscriptsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('anonymous-data.read'), await searchParams];
  const filters = readTranscriptFilters(params);
  const address = { pathname: TRANSCRIPTS_PATH, params };
  const { transcripts, nextCursor } = await loadListForPage(
    listTranscripts(ctx, toTranscriptInput(filters)),
    address,
  );
  return (
    <>
      <PageHeader
        title="Transcripts"
        answer={listAnswer(filters.reason, filters.heldBack)}
        breadcrumb={[{ label: 'Public data', href: PUBLIC_DATA_PATH }, { label: 'Transcripts' }]}
      />
      <PublicDataTabs />
      <FilterBar
        label="Filter the transcripts"
        pathname={TRANSCRIPTS_PATH}
        filters={transcriptFilters(filters)}
      />
      <TranscriptTable
        transcripts={transcripts}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
        empty={
          <EmptyState
            title={filters.isFiltered ? 'No transcript matches' : 'No transcript yet'}
            actions={
              filters.isFiltered ? (
                <LinkButton href={TRANSCRIPTS_PATH} scroll={false}>
                  Show all transcripts
                </LinkButton>
              ) : null
            }
          >
            {filters.isFiltered
              ? 'Take away a filter.'
              : 'The platform sends them to POST /api/v1/transcripts.'}
          </EmptyState>
        }
        footer={
          <KeysetPages noun="transcript" shown={transcripts.length} nextCursor={nextCursor} {...address} />
        }
      />
    </>
  );
}
