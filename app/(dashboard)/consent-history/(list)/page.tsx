import type { Metadata } from 'next';
import { getContext } from '@/app/session';
import { ConsentHistoryTable } from '@/components/consent/consent-history-table';
import { HISTORY_PATH, readHistoryFilters, toHistoryInput } from '@/components/consent/history-filters';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { type ConsentSubjects, consentSubjects } from '@/lib/challenges/consent-subjects';
import { type ConsentEventSummary, listConsentEvents } from '@/lib/consent/consent-history';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';

export const metadata: Metadata = { title: 'Consent history' };

export default async function ConsentHistoryPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await getContext(), await searchParams];
  const filters = readHistoryFilters(params);
  const [page, subjects] = await Promise.all([loadPage(ctx, filters), consentSubjects(ctx)]);
  const zone = ctx.actor.timeZone;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title="Consent history"
        answer={answer(subjects, can(ctx.actor, 'consent-history.read-all'), zone)}
      />
      <FilterBar
        label="Filter the consent history"
        pathname={HISTORY_PATH}
        filters={[
          {
            kind: 'select',
            name: 'challenge',
            label: 'Challenge',
            value: filters.challengeId === undefined ? undefined : String(filters.challengeId),
            all: 'All challenges',
            options: subjects.challenges.map(({ id, title }) => ({ value: String(id), label: title })),
          },
          {
            kind: 'select',
            name: 'person',
            label: 'Person',
            value: filters.personId === undefined ? undefined : String(filters.personId),
            all: 'Everybody',
            options: subjects.people.map(({ id, displayName }) => ({
              value: String(id),
              label: displayName,
            })),
          },
          {
            kind: 'select',
            name: 'action',
            label: 'Decision',
            value: filters.action,
            all: 'Both',
            options: [
              { value: 'given', label: 'Given' },
              { value: 'withdrawn', label: 'Withdrawn' },
            ],
          },
          { kind: 'date', name: 'from', label: 'From (UTC)', value: filters.from },
          { kind: 'date', name: 'to', label: 'To (UTC)', value: filters.to },
        ]}
      />
      <ConsentHistoryTable
        caption="Decisions, newest first"
        events={page.events}
        withChallenge
        zone={zone}
        now={ctx.clock.now()}
        empty={<Nothing filtered={isFiltered} />}
        footer={
          <KeysetPages
            noun="decision"
            shown={page.events.length}
            nextCursor={page.nextCursor === null ? null : String(page.nextCursor)}
            pathname={HISTORY_PATH}
            params={params}
          />
        }
      />
    </>
  );
}

/** A challenge in the address that is not one's own has no decisions, as one that does not exist. */
async function loadPage(
  ctx: Context,
  filters: ReturnType<typeof readHistoryFilters>,
): Promise<{ events: ConsentEventSummary[]; nextCursor: number | null }> {
  try {
    return await listConsentEvents(ctx, toHistoryInput(filters));
  } catch (error) {
    if (error instanceof LapseError && error.code === 'forbidden') return { events: [], nextCursor: null };
    throw error;
  }
}

function answer(subjects: ConsentSubjects, all: boolean, zone: string): string {
  const whose = all ? '' : ' of your challenges';
  if (subjects.decisions === 0 || subjects.lastAt === null)
    return `Nobody has decided about any${whose || ' challenge'} yet.`;
  return `${formatCount(subjects.decisions, 'decision')} about ${formatCount(subjects.challenges.length, 'challenge')}${all ? '' : ' of yours'}, the last on ${formatDate(subjects.lastAt, zone)}. None can be changed or removed.`;
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (!filtered) {
    return (
      <EmptyState title="No decisions">Every consent that is given or withdrawn is kept here.</EmptyState>
    );
  }
  return (
    <EmptyState
      title="No decision matches"
      actions={<LinkButton href={HISTORY_PATH}>Show all decisions</LinkButton>}
    />
  );
}
