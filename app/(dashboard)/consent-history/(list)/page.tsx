import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getContext } from '@/app/session';
import { ConsentHistoryTable } from '@/components/consent/consent-history-table';
import { HistoryExport } from '@/components/consent/history-export';
import { HISTORY_PATH, historyFilters, readHistoryAddress } from '@/components/consent/history-filters';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { hrefWith, type SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { LinkButton } from '@/components/ui/link-button';
import { type ConsentSubjects, consentSubjects } from '@/lib/challenges/consent-subjects';
import type { ConsentFilters } from '@/lib/consent/consent-filters';
import { type ConsentEventSummary, listConsentEvents } from '@/lib/consent/consent-history';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';

export const metadata: Metadata = { title: 'Consent history' };

const PAGE = 25;

export default async function ConsentHistoryPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await getContext(), await searchParams];
  const zone = ctx.actor.timeZone;
  const { texts, reading, after, isFiltered } = readHistoryAddress(params, zone);
  // A place that cannot be read, such as a cut bookmark, becomes the beginning.
  if (params.after !== undefined && after === undefined)
    redirect(hrefWith(HISTORY_PATH, params, { after: null }));
  const [page, subjects] = await Promise.all([
    'filters' in reading ? loadPage(ctx, reading.filters, after) : null,
    consentSubjects(ctx),
  ]);
  return (
    <>
      <PageHeader
        title="Consent history"
        answer={answer(subjects, can(ctx.actor, 'consent-history.read-all'), zone)}
      />
      <FilterBar
        label="Filter the consent history"
        pathname={HISTORY_PATH}
        filters={historyFilters(texts, subjects, zone)}
      />
      {'problems' in reading ? <UnreadableFilters problems={reading.problems} /> : null}
      {page && page.events.length > 0 ? (
        <HistoryExport
          texts={texts}
          matching={after === undefined && page.nextCursor === null ? page.events.length : null}
          all={subjects.decisions}
          isFiltered={isFiltered}
        />
      ) : null}
      {page ? (
        <ConsentHistoryTable
          caption="Decisions, newest first"
          events={page.events}
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
      ) : null}
    </>
  );
}

/** A challenge in the address that is not one's own has no decisions, as one that does not exist. */
async function loadPage(
  ctx: Context,
  filters: ConsentFilters,
  after: number | undefined,
): Promise<{ events: ConsentEventSummary[]; nextCursor: number | null }> {
  try {
    return await listConsentEvents(ctx, { ...filters, limit: PAGE, cursor: after });
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

function UnreadableFilters({ problems }: { problems: string[] }) {
  return (
    <ErrorState
      title="These filters cannot be read"
      actions={<LinkButton href={HISTORY_PATH}>Show all decisions</LinkButton>}
    >
      {problems.map((problem) => (
        <p key={problem} className="break-words">
          {problem}
        </p>
      ))}
    </ErrorState>
  );
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
