import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import {
  HOLDS_PATH,
  type HoldFilters,
  holdFilters,
  readHoldFilters,
  toListInput,
  toPublicInput,
} from '@/components/holds/hold-filters';
import { HoldTable } from '@/components/holds/hold-table';
import { holdsAnswer } from '@/components/holds/holds-answer';
import { PlaceAnyHoldDialog } from '@/components/holds/place-hold-dialogs';
import { PublicDataHolds } from '@/components/holds/public-data-holds';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { countAnonymousHolds, listAnonymousHolds } from '@/lib/anonymous/list-anonymous-holds';
import { countHolds } from '@/lib/holds/count-holds';
import { listHolds } from '@/lib/holds/list-holds';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { releaseAnonymousHoldAction } from '../../public-data/actions';
import { placeHoldAction, previewReleaseAction, releaseHoldAction } from '../actions';

export const metadata: Metadata = { title: 'Holds' };

export default async function HoldsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('holds.read'), await searchParams];
  const filters = readHoldFilters(params);
  const address = { pathname: HOLDS_PATH, params };
  const { listed, ofPublicData, counts, publicCounts } = await loadListForPage(load(ctx, filters), address);
  const mayWrite = can(ctx.actor, 'holds.write');
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  return (
    <>
      <PageHeader
        title="Holds"
        answer={holdsAnswer(counts, publicCounts)}
        actions={mayWrite ? <PlaceAnyHoldDialog place={placeHoldAction} /> : null}
      />
      <FilterBar label="Filter holds" pathname={HOLDS_PATH} filters={holdFilters(filters)} />
      {listed ? (
        <Section title="On challenges, phases and submissions" surface={false}>
          <HoldTable
            holds={listed.holds}
            release={mayWrite ? { preview: previewReleaseAction, release: releaseHoldAction } : null}
            {...shown}
            empty={
              <EmptyState
                title={filters.isFiltered ? 'No hold matches' : 'No active hold'}
                actions={
                  <LinkButton href={`${HOLDS_PATH}?state=all`}>
                    {filters.isFiltered ? 'Show all holds' : 'Show released ones too'}
                  </LinkButton>
                }
              >
                {filters.isFiltered
                  ? 'Choose another state, another target or challenge, or look for another part of the matter.'
                  : 'Every challenge goes its usual way: consent, notice and date decide.'}
              </EmptyState>
            }
            footer={
              <KeysetPages
                noun="hold"
                shown={listed.holds.length}
                nextCursor={listed.nextCursor}
                {...address}
              />
            }
          />
        </Section>
      ) : null}
      {ofPublicData ? (
        <PublicDataHolds
          listed={ofPublicData}
          isFiltered={filters.isFiltered}
          release={mayWrite ? releaseAnonymousHoldAction : null}
          {...shown}
        />
      ) : null}
    </>
  );
}

/** Holds on challenges and on public data are two lists, each with what the filters let through. */
async function load(ctx: Context, filters: HoldFilters) {
  const [onChallenges, onPublicData] = [toListInput(filters), toPublicInput(filters)];
  const [listed, ofPublicData, counts, publicCounts] = await Promise.all([
    onChallenges && listHolds(ctx, onChallenges),
    onPublicData && listAnonymousHolds(ctx, onPublicData),
    countHolds(ctx),
    countAnonymousHolds(ctx),
  ]);
  return { listed, ofPublicData, counts, publicCounts };
}
