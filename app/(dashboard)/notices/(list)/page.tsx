import type { Metadata } from 'next';
import { loadListForPage } from '@/app/load-for-page';
import { getContext } from '@/app/session';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { MailFolderNote } from '@/components/notices/mail-folder-note';
import {
  NOTICES_PATH,
  noticeFilters,
  readNoticeFilters,
  toListInput,
} from '@/components/notices/notice-filters';
import { NoticeTable } from '@/components/notices/notice-table';
import { NoticeTabs } from '@/components/notices/notice-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { nextRun } from '@/lib/challenges/forecast';
import { listNotices } from '@/lib/notices/list-notices';
import { can } from '@/lib/people/access';
import { formatCount } from '@/lib/platform/format';
import { formatDate, formatRelative } from '@/lib/platform/format-time';

export const metadata: Metadata = { title: 'Notices' };

export default async function NoticesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await getContext(), await searchParams];
  const filters = readNoticeFilters(params);
  const address = { pathname: NOTICES_PATH, params };
  const [{ notices, nextCursor }, failed, unreached] = await loadListForPage(
    Promise.all([
      listNotices(ctx, toListInput(filters)),
      listNotices(ctx, { state: 'failed', limit: 200 }),
      listNotices(ctx, { unreached: true, limit: 200 }),
    ]),
    address,
  );
  const [zone, now] = [ctx.actor.timeZone, ctx.clock.now()];
  const next = nextRun('weekly-retention-notifications-and-consent-log', now);
  return (
    <>
      <PageHeader
        title="Notices"
        answer={
          <>
            {notices.length === 0 && !filters.isFiltered && !filters.after
              ? 'No notice was due yet.'
              : deliveryWords(failed, unreached)}{' '}
            The next ones are sent {formatRelative(next, now)}, on {formatDate(next, zone)}. Nothing is
            deleted until 14 days after a notice that named it.
          </>
        }
      />
      {can(ctx.actor, 'challenges.read-all') ? <NoticeTabs /> : null}
      {can(ctx.actor, 'challenges.read-all') ? <MailFolderNote mailer={ctx.mailer} /> : null}
      <FilterBar label="Filter notices" pathname={NOTICES_PATH} filters={noticeFilters(filters)} />
      <NoticeTable
        notices={notices}
        zone={zone}
        now={now}
        empty={
          <EmptyState
            title={filters.isFiltered ? 'No notice matches' : 'No notices yet'}
            actions={
              filters.isFiltered ? <LinkButton href={NOTICES_PATH}>Show all notices</LinkButton> : null
            }
          >
            {filters.isFiltered
              ? 'Choose another state or another challenge.'
              : 'A notice is written when a date of a challenge with consent comes within 14 days.'}
          </EmptyState>
        }
        footer={<KeysetPages noun="notice" shown={notices.length} nextCursor={nextCursor} {...address} />}
      />
    </>
  );
}

type Listed = Awaited<ReturnType<typeof listNotices>>;

/** Of those that count: what failed under a consent of before blocks nothing. */
function deliveryWords(failed: Listed, unreached: Listed): string {
  const [none, some] = [countOf(failed), countOf(unreached)];
  const parts = [
    ...(none === null ? [] : [`${none} could not be sent, which blocks the deletion.`]),
    ...(some === null ? [] : [`${some} did not reach every host.`]),
  ];
  return parts.join(' ') || 'Every notice reached the hosts.';
}

function countOf({ notices, nextCursor }: Listed): string | null {
  const current = notices.filter(({ underCurrentConsent }) => underCurrentConsent).length;
  if (current === 0) return null;
  return `${nextCursor ? 'More than ' : ''}${formatCount(current, 'notice')}`;
}
