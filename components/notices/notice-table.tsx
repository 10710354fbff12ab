import { Check, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { NoticeRow } from '@/lib/notices/notice-rows';
import { addDays } from '@/lib/platform/clock';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { type Column, DataTable } from '../data-table/data-table';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { noticeHref } from './notice-words';

interface NoticeTableProps {
  notices: readonly NoticeRow[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Notices with what became of each mail, and what each lets happen. */
export function NoticeTable({ notices, zone, now, empty, footer }: NoticeTableProps) {
  const columns: Column<NoticeRow>[] = [
    {
      id: 'notice',
      header: 'Notice',
      rowHeader: true,
      className: 'whitespace-nowrap',
      cell: (notice) => (
        <TextLink href={noticeHref(notice.id)}>
          {formatDate(notice.createdAt, zone, 'short')}
          <span className="sr-only">, {notice.challengeTitle}</span>
        </TextLink>
      ),
    },
    {
      id: 'challenge',
      header: 'Challenge',
      className: 'min-w-44 max-w-72',
      cell: (notice) => (
        <span className="grid gap-0.5">
          <TextLink href={`/challenges/${notice.challengeId}`}>{notice.challengeTitle}</TextLink>
          <span className="text-xs text-muted-foreground">#{notice.challengeId}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-52',
      cell: (notice) => <Delivery notice={notice} zone={zone} now={now} />,
    },
    {
      id: 'announced',
      header: 'Announced',
      className: 'min-w-36',
      cell: (notice) =>
        notice.announcedDate ? (
          <span className="grid gap-0.5">
            {formatCount(notice.submissions, 'submission')}
            <span className="text-xs text-muted-foreground">
              to go from {formatDate(notice.announcedDate, zone, 'short')}
            </span>
          </span>
        ) : (
          <span className="text-muted-foreground">nothing</span>
        ),
    },
    {
      id: 'begins',
      header: 'Deletion may begin',
      className: 'min-w-44',
      cell: (notice) => <Begin notice={notice} zone={zone} now={now} />,
    },
    {
      id: 'recipients',
      header: 'Recipients',
      className: 'min-w-48',
      cell: (notice) => <Recipients notice={notice} />,
    },
  ];
  return (
    <DataTable
      caption="Notices"
      columns={columns}
      rows={notices}
      rowKey={(notice) => notice.id}
      empty={empty}
      footer={footer}
    />
  );
}

interface CellProps {
  notice: NoticeRow;
  zone: string;
  now: Date;
}

function Delivery({ notice, zone, now }: CellProps) {
  const { state, sentAt, error, attempts, nextAttemptAt } = notice;
  if (state === 'sent') {
    const isPartial = notice.recipients.some(({ accepted, stopped }) => !accepted && !stopped);
    return (
      <span className="grid justify-items-start gap-1">
        {isPartial ? (
          <StateBadge state="partial">Sent, not to everybody</StateBadge>
        ) : (
          <StateBadge state="succeeded">Sent</StateBadge>
        )}
        <Timestamp value={sentAt} zone={zone} now={now} />
      </span>
    );
  }
  if (state === 'sending') {
    return (
      <span className="grid justify-items-start gap-1">
        <StateBadge state="running">Being sent</StateBadge>
        <Timestamp value={notice.createdAt} zone={zone} now={now} />
      </span>
    );
  }
  return (
    <span className="grid justify-items-start gap-1">
      <StateBadge state="failed" />
      <span className="text-[0.8125rem] break-words">{error ?? 'No address took it.'}</span>
      <span className="text-xs text-muted-foreground">
        {formatCount(attempts, 'attempt')}
        {nextAttemptAt && notice.underCurrentConsent ? (
          <>
            ; tried again after <Timestamp value={nextAttemptAt} zone={zone} now={now} layout="exact" />
          </>
        ) : null}
      </span>
    </span>
  );
}

/** Nothing goes without a notice that was sent, that is old enough, and that the present consent stands behind. */
function Begin({ notice, zone, now }: CellProps) {
  const { state, sentAt, announcedDate, underCurrentConsent } = notice;
  if (!underCurrentConsent) {
    return (
      <span className="text-[0.8125rem] text-muted-foreground">
        It counts no longer: the consent has changed since.
      </span>
    );
  }
  if (state !== 'sent' || !sentAt) {
    return (
      <span className="grid justify-items-start gap-1">
        <StateBadge state="blocked" />
        <span className="text-[0.8125rem] text-muted-foreground">Nothing goes until it has been sent.</span>
      </span>
    );
  }
  const waited = addDays(sentAt, RETENTION_POLICY.daysAfterNotice);
  const begins = announcedDate && announcedDate > waited ? announcedDate : waited;
  return <Timestamp value={begins} zone={zone} now={now} />;
}

function Recipients({ notice: { recipients } }: { notice: NoticeRow }) {
  if (recipients.length === 0) return <span className="text-muted-foreground">nobody yet</span>;
  return (
    <ul className="grid gap-1 text-[0.8125rem]">
      {recipients.map((recipient) => {
        const Icon = recipient.accepted ? Check : X;
        return (
          <li key={recipient.email} className="grid grid-cols-[1rem_1fr] gap-x-1.5">
            <Icon
              aria-hidden
              className={recipient.accepted ? 'mt-0.5 size-4 text-tone-green' : 'mt-0.5 size-4 text-tone-red'}
            />
            <span className="break-words">
              <span className="sr-only">{recipient.accepted ? 'Accepted: ' : 'Not accepted: '}</span>
              {recipient.email}
              {recipient.error ? (
                <span className="block text-xs break-words text-muted-foreground">{recipient.error}</span>
              ) : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
