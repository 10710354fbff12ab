import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { HOLDS_PATH, holdFilters, readHoldFilters, toListInput } from '@/components/holds/hold-filters';
import { HoldTable } from '@/components/holds/hold-table';
import { PlaceAnyHoldDialog } from '@/components/holds/place-hold-dialogs';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { countHolds } from '@/lib/holds/count-holds';
import { listHolds } from '@/lib/holds/list-holds';
import { can } from '@/lib/people/access';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { placeHoldAction, previewReleaseAction, releaseHoldAction } from '../actions';

export const metadata: Metadata = { title: 'Holds' };

export default async function HoldsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('holds.read'), await searchParams];
  const filters = readHoldFilters(params);
  const address = { pathname: HOLDS_PATH, params };
  const [{ holds, nextCursor }, counts] = await loadListForPage(
    Promise.all([listHolds(ctx, toListInput(filters)), countHolds(ctx)]),
    address,
  );
  const mayWrite = can(ctx.actor, 'holds.write');
  return (
    <>
      <PageHeader
        title="Holds"
        answer={answer(counts)}
        actions={mayWrite ? <PlaceAnyHoldDialog place={placeHoldAction} /> : null}
      />
      <FilterBar label="Filter holds" pathname={HOLDS_PATH} filters={holdFilters(filters)} />
      <HoldTable
        holds={holds}
        release={mayWrite ? { preview: previewReleaseAction, release: releaseHoldAction } : null}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
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
              : 'Everything goes its usual way: consent, notice and date decide.'}
          </EmptyState>
        }
        footer={<KeysetPages noun="hold" shown={holds.length} nextCursor={nextCursor} {...address} />}
      />
    </>
  );
}

function answer({ active, released, challenges }: Awaited<ReturnType<typeof countHolds>>): string {
  const rule = 'A hold beats consent, notice and date, and it never ends by itself.';
  const before = released > 0 ? `; ${formatNumber(released)} released before` : '';
  if (active === 0) return `No hold is in place${before}. ${rule}`;
  const verb = active === 1 ? 'keeps' : 'keep';
  return `${formatCount(active, 'hold')} ${verb} data of ${formatCount(challenges, 'challenge')} from being deleted${before}. ${rule}`;
}
