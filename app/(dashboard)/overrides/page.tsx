import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { OverrideChangeTable } from '@/components/overrides/override-change-table';
import {
  OVERRIDES_PATH,
  overrideFilters,
  readOverrideFilters,
  toHistoryInput,
} from '@/components/overrides/override-filters';
import { overridesAnswer } from '@/components/overrides/overrides-answer';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { countOverrideChanges } from '@/lib/overrides/count-override-changes';
import { listOverrideChanges } from '@/lib/overrides/list-override-changes';
import { can } from '@/lib/people/access';
import { approveOverrideAction, cancelOverrideAction } from './actions';

export const metadata: Metadata = { title: 'Overrides' };

/** More changes are hardly ever open at once; were there more, those asked for last stand here. */
const OPEN_SHOWN = 200;

export default async function OverridesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('challenges.read-all'), await searchParams];
  const filters = readOverrideFilters(params);
  const { challengeId } = filters;
  const address = { pathname: OVERRIDES_PATH, params };
  const of = challengeId === undefined ? {} : { challengeId };
  const [counts, open, history] = await loadListForPage(
    Promise.all([
      countOverrideChanges(ctx),
      listOverrideChanges(ctx, { which: 'open', limit: OPEN_SHOWN, ...of }),
      listOverrideChanges(ctx, toHistoryInput(filters)),
    ]),
    address,
  );
  const actions = { approve: approveOverrideAction, cancel: cancelOverrideAction };
  const shown = {
    admin: can(ctx.actor, 'retention.write') ? { actions } : null,
    withChallenge: true,
    zone: ctx.actor.timeZone,
    now: ctx.clock.now(),
  };
  return (
    <>
      <PageHeader title="Overrides" answer={overridesAnswer(counts, ctx.actor.timeZone)} />
      <FilterBar label="Filter changes" pathname={OVERRIDES_PATH} filters={overrideFilters(filters)} />
      <Section
        title="Open changes"
        surface={false}
        description="What shortens a retention period waits here until its hosts were told 14 days before."
      >
        <OverrideChangeTable
          caption="Open changes"
          changes={open.changes}
          {...shown}
          empty={
            <EmptyState
              title={filters.isFiltered ? 'No open change of this challenge' : 'No open change'}
              actions={
                filters.isFiltered ? (
                  <LinkButton href={OVERRIDES_PATH}>Show all challenges</LinkButton>
                ) : (
                  <LinkButton href="/challenges">Choose a challenge</LinkButton>
                )
              }
            >
              Admins change the retention period of a challenge on its page.
            </EmptyState>
          }
        />
      </Section>
      <Section title="History" surface={false}>
        <OverrideChangeTable
          caption="Changes that have ended"
          changes={history.changes}
          {...shown}
          admin={null}
          empty={
            <EmptyState title="No history yet">
              Changes that took effect, were cancelled or superseded stay here.
            </EmptyState>
          }
          footer={
            <KeysetPages
              noun="change"
              shown={history.changes.length}
              nextCursor={history.nextCursor}
              {...address}
            />
          }
        />
      </Section>
    </>
  );
}
