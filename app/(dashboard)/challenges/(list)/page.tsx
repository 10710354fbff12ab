import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getContext } from '@/app/session';
import {
  CHALLENGES_PATH,
  type ChallengeFilters,
  readChallengeFilters,
  toListInput,
} from '@/components/challenges/challenge-filters';
import { ChallengeTable } from '@/components/challenges/challenge-table';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { hrefWith, type SearchParams, sortParam } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { STATES as STATE_LOOKS } from '@/components/ui/state-badge';
import { countByState } from '@/lib/challenges/count-by-state';
import { type ChallengePage, listChallenges } from '@/lib/challenges/list-challenges';
import { STATES } from '@/lib/challenges/states';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { formatCount, formatNumber } from '@/lib/platform/format';

export const metadata: Metadata = { title: 'Challenges' };

export default async function ChallengesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await getContext(), await searchParams];
  const filters = readChallengeFilters(params);
  const [page, counts] = await Promise.all([loadPage(ctx, filters, params), countByState(ctx)]);
  const total = STATES.reduce((sum, state) => sum + counts[state], 0);
  const isFiltered = filters.search !== undefined || filters.state !== undefined;
  return (
    <>
      <PageHeader title="Challenges" answer={answer(total, counts)} />
      <FilterBar
        label="Filter challenges"
        pathname={CHALLENGES_PATH}
        keep={{ sort: params.sort === undefined ? undefined : sortParam(filters.sort) }}
        filters={[
          {
            kind: 'search',
            name: 'search',
            label: 'Title or id',
            value: filters.search,
            placeholder: 'Search',
          },
          {
            kind: 'select',
            name: 'state',
            label: 'State',
            value: filters.state,
            all: 'All states',
            options: STATES.map((state) => ({
              value: state,
              label: `${STATE_LOOKS[state].word} (${formatNumber(counts[state])})`,
            })),
          },
        ]}
      />
      <ChallengeTable
        caption="Challenges"
        challenges={page.challenges}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
        sorting={{ sort: filters.sort, pathname: CHALLENGES_PATH, params }}
        empty={isFiltered || filters.after ? <NothingFound /> : <NothingYet />}
        footer={
          <KeysetPages
            noun="challenge"
            shown={page.challenges.length}
            nextCursor={page.nextCursor}
            pathname={CHALLENGES_PATH}
            params={params}
          />
        }
      />
    </>
  );
}

/** A place that no longer exists, such as an old bookmark in another order, is the first page. */
async function loadPage(
  ctx: Context,
  filters: ChallengeFilters,
  params: SearchParams,
): Promise<ChallengePage> {
  try {
    return await listChallenges(ctx, toListInput(filters));
  } catch (error) {
    if (!(error instanceof LapseError) || error.code !== 'invalid' || !filters.after) throw error;
  }
  redirect(hrefWith(CHALLENGES_PATH, params, { after: null }));
}

/** "14 challenges: 1 failed, 2 due, 3 scheduled, 8 kept." */
function answer(total: number, counts: Awaited<ReturnType<typeof countByState>>): string {
  if (total === 0) return 'There are no challenges here yet.';
  const parts = STATES.filter((state) => counts[state] > 0).map(
    (state) => `${formatNumber(counts[state])} ${STATE_LOOKS[state].word.toLowerCase()}`,
  );
  return `${formatCount(total, 'challenge')}: ${parts.join(', ')}.`;
}

function NothingFound() {
  return (
    <EmptyState
      title="No challenge matches"
      actions={<LinkButton href={CHALLENGES_PATH}>Show all challenges</LinkButton>}
    >
      Try another word of the title, or another state.
    </EmptyState>
  );
}

function NothingYet() {
  return (
    <EmptyState title="No challenges">
      Challenges appear here once the platform sends them and you are an accepted member of their host team.
    </EmptyState>
  );
}
