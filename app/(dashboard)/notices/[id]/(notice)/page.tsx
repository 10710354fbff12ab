import type { Metadata } from 'next';
import { loadListForPage } from '@/app/load-for-page';
import { getContext } from '@/app/session';
import type { SearchParams } from '@/components/data-table/table-url';
import { wholeNumberParam } from '@/components/data-table/whole-number-param';
import { MailFolderNote } from '@/components/notices/mail-folder-note';
import { NoticeFacts } from '@/components/notices/notice-facts';
import { NoticeItems } from '@/components/notices/notice-items';
import { NoticeRecipients } from '@/components/notices/notice-recipients';
import { NoticeStateBadge } from '@/components/notices/notice-state-badge';
import { noticeAnswer, noticeHref } from '@/components/notices/notice-words';
import { SendAgainDialog } from '@/components/notices/send-again-dialog';
import { PageHeader } from '@/components/shell/page-header';
import { nextRun } from '@/lib/challenges/forecast';
import { listNoticeItems } from '@/lib/notices/list-notice-items';
import { can } from '@/lib/people/access';
import { formatDate } from '@/lib/platform/format-time';
import { sendAgainAction } from '../../actions';
import { findNotice } from '../find-notice';

interface NoticePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

export async function generateMetadata({ params }: NoticePageProps): Promise<Metadata> {
  const notice = await findNotice((await params).id);
  return { title: `Notice · ${notice.challengeTitle}` };
}

export default async function NoticePage({ params, searchParams }: NoticePageProps) {
  const [ctx, { id: noticeId }, query] = [await getContext(), await params, await searchParams];
  const notice = await findNotice(noticeId);
  const after = wholeNumberParam(query.after, Number.MAX_SAFE_INTEGER);
  const page = await loadListForPage(
    listNoticeItems(ctx, { noticeId, limit: 50, ...(after !== undefined && { after }) }),
    { pathname: noticeHref(noticeId), params: query },
  );
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const { earliestDeletion, canSendAgain } = notice;
  return (
    <>
      <PageHeader
        title={`Notice of ${formatDate(notice.sentAt ?? notice.createdAt, shown.zone)}`}
        badge={<NoticeStateBadge notice={notice} />}
        answer={noticeAnswer(notice, shown.zone, shown.now)}
        breadcrumb={[{ label: 'Notices', href: '/notices' }, { label: `…${noticeId.slice(-8)}` }]}
        actions={
          canSendAgain ? (
            <SendAgainDialog noticeId={noticeId} isSent={notice.state === 'sent'} send={sendAgainAction} />
          ) : null
        }
      />
      {can(ctx.actor, 'challenges.read-all') ? <MailFolderNote mailer={ctx.mailer} /> : null}
      <NoticeFacts
        notice={notice}
        firstCleanup={
          earliestDeletion &&
          nextRun('cleanup-expired-submission-artifacts', latest(earliestDeletion, shown.now))
        }
        readsAudit={can(ctx.actor, 'audit.read')}
        {...shown}
      />
      <NoticeRecipients notice={notice} {...shown} />
      <NoticeItems notice={notice} page={page} params={query} {...shown} />
    </>
  );
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
