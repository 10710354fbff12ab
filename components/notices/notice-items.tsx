import type { NoticeItem } from '@/lib/notices/list-notice-items';
import type { LoadedNotice } from '@/lib/notices/load-notice';
import { type Column, DataTable } from '../data-table/data-table';
import { KeysetPages } from '../data-table/keyset-pages';
import type { SearchParams } from '../data-table/table-url';
import { Badge } from '../ui/badge';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { noticeHref, verdictWords } from './notice-words';

interface NoticeItemsProps {
  notice: LoadedNotice;
  page: { items: NoticeItem[]; nextAfter: number | null };
  params: SearchParams;
  zone: string;
  now: Date;
}

/** Every submission that the notice named, and whether the date that it announced still stands. */
export function NoticeItems({ notice, page, params, zone, now }: NoticeItemsProps) {
  return (
    <Section
      title="Named submissions"
      surface={false}
      description="Nothing goes before the date that was announced, and only while that date stands."
    >
      <DataTable
        caption="Submissions that this notice named"
        columns={columnsFor(notice.challengeId, zone, now)}
        rows={page.items}
        rowKey={({ submissionId }) => submissionId}
        empty={
          <EmptyState title={params.after === undefined ? 'It names nothing' : 'No more submissions'}>
            {params.after === undefined
              ? 'A notice that names nothing lets nothing go.'
              : 'All that it named is on the pages before.'}
          </EmptyState>
        }
        footer={
          <KeysetPages
            noun="submission"
            shown={page.items.length}
            nextCursor={page.nextAfter === null ? null : String(page.nextAfter)}
            pathname={noticeHref(notice.id)}
            params={params}
          />
        }
      />
    </Section>
  );
}

function columnsFor(challengeId: number, zone: string, now: Date): Column<NoticeItem>[] {
  return [
    {
      id: 'submission',
      header: 'Submission',
      rowHeader: true,
      className: 'min-w-40',
      cell: ({ submissionId, participantTeamName }) => (
        <span className="grid gap-0.5">
          <TextLink
            href={`/challenges/${challengeId}/submissions/${submissionId}`}
            className="justify-self-start"
          >
            #{submissionId}
          </TextLink>
          <span className="text-xs font-normal break-words text-muted-foreground">{participantTeamName}</span>
        </span>
      ),
    },
    { id: 'phase', header: 'Phase', className: 'min-w-32', cell: ({ phaseName }) => phaseName },
    {
      id: 'announced',
      header: 'Announced for',
      cell: ({ announcedDate }) => <Timestamp value={announcedDate} zone={zone} now={now} />,
    },
    {
      id: 'now',
      header: 'Now',
      className: 'min-w-52 max-w-96',
      cell: (item) => <Verdict item={item} zone={zone} now={now} />,
    },
  ];
}

function Verdict({ item, zone, now }: { item: NoticeItem; zone: string; now: Date }) {
  const words = verdictWords(item, zone);
  return (
    <span className="grid justify-items-start gap-1">
      <VerdictBadge item={item} />
      {item.verdict === 'deleted' ? <Timestamp value={item.deletedAt} zone={zone} now={now} /> : null}
      {words ? (
        <span className="text-[0.8125rem] break-words text-muted-foreground">
          {item.laterNoticeId ? <TextLink href={noticeHref(item.laterNoticeId)}>{words}</TextLink> : words}
        </span>
      ) : null}
    </span>
  );
}

function VerdictBadge({ item: { verdict, reason } }: { item: NoticeItem }) {
  switch (verdict) {
    case 'deleted':
      return <StateBadge state="deleted" />;
    case 'stands':
      return <StateBadge state="scheduled">The date stands</StateBadge>;
    case 'kept':
      return <StateBadge state={reason === 'held' ? 'held' : 'blocked'} />;
    case 'not-sent':
      return <StateBadge state="blocked">Not announced</StateBadge>;
    default:
      return <Badge tone="neutral">Void</Badge>;
  }
}
