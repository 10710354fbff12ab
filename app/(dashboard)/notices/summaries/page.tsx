import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { ConsentSummaryTable } from '@/components/notices/consent-summary-table';
import { NoticeTabs, SUMMARIES_PATH } from '@/components/notices/notice-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { nextRun } from '@/lib/challenges/forecast';
import { type ConsentSummary, listConsentSummaries } from '@/lib/notices/list-consent-summaries';
import { formatCount } from '@/lib/platform/format';
import { formatDate, formatRelative } from '@/lib/platform/format-time';

export const metadata: Metadata = { title: 'Summaries of consent' };

export default async function SummariesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('challenges.read-all'), await searchParams];
  const after = one(params.after);
  const address = { pathname: SUMMARIES_PATH, params };
  const [{ summaries, nextCursor }, [newest]] = await loadListForPage(
    Promise.all([
      listConsentSummaries(ctx, { limit: 30, ...(after && { cursor: after }) }),
      listConsentSummaries(ctx, { limit: 1 }).then((list) => list.summaries),
    ]),
    address,
  );
  const [zone, now] = [ctx.actor.timeZone, ctx.clock.now()];
  const next = nextRun('weekly-retention-notifications-and-consent-log', now);
  return (
    <>
      <PageHeader
        title="Summaries of consent"
        answer={
          <>
            {newestWords(newest)} The next one is due {formatRelative(next, now)}, on {formatDate(next, zone)}
            , if a host decides anything until then.
          </>
        }
      />
      <NoticeTabs />
      <ConsentSummaryTable
        summaries={summaries}
        zone={zone}
        now={now}
        empty={
          <EmptyState
            title="No summary yet"
            actions={<LinkButton href="/consent-history">See the consent history</LinkButton>}
          >
            A summary is mailed each week in which a host gave or withdrew consent.
          </EmptyState>
        }
        footer={
          <KeysetPages
            noun="summary"
            plural="summaries"
            shown={summaries.length}
            nextCursor={nextCursor}
            {...address}
          />
        }
      />
    </>
  );
}

function newestWords(newest: ConsentSummary | undefined): string {
  if (!newest) return 'No summary was due yet.';
  if (newest.state === 'sending') return 'The newest summary is being sent.';
  if (newest.state === 'failed') return 'The newest summary has reached nobody yet and is tried again.';
  const refused = newest.recipients.filter(({ accepted }) => !accepted).length;
  if (refused === 0) return 'The newest summary reached every admin and auditor.';
  return `The newest summary did not reach ${formatCount(refused, 'address', 'addresses')}.`;
}
