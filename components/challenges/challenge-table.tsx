import type { ReactNode } from 'react';
import type { ListedChallenge } from '@/lib/challenges/list-challenges';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import type { SearchParams, Sort } from '../data-table/table-url';
import { Bytes } from '../ui/bytes';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface ChallengeTableProps {
  caption: string;
  challenges: readonly ListedChallenge[];
  zone: string;
  now: Date;
  empty: ReactNode;
  sorting?: { sort: Sort; pathname: string; params: SearchParams };
  footer?: ReactNode;
}

/** Challenges with what will happen to each; the same table wherever challenges are listed. */
export function ChallengeTable({
  caption,
  challenges,
  zone,
  now,
  empty,
  sorting,
  footer,
}: ChallengeTableProps) {
  return (
    <DataTable
      caption={caption}
      columns={columnsFor(zone, now)}
      rows={challenges}
      rowKey={(challenge) => challenge.id}
      empty={empty}
      {...(sorting && { sorting })}
      footer={footer}
    />
  );
}

function columnsFor(zone: string, now: Date): Column<ListedChallenge>[] {
  return [
    {
      id: 'title',
      header: 'Challenge',
      rowHeader: true,
      sortable: true,
      className: 'min-w-48 max-w-72',
      cell: (challenge) => (
        <span className="grid gap-0.5">
          <TextLink href={`/challenges/${challenge.id}`} className="break-words">
            {challenge.title}
          </TextLink>
          <span className="text-xs font-normal text-muted-foreground">
            #{challenge.id} · {challenge.teamName}
          </span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-72',
      cell: (challenge) => (
        <span className="grid justify-items-start gap-1">
          <StateBadge state={challenge.state} />
          <span className="text-[0.8125rem] text-muted-foreground">{challenge.sentence}</span>
        </span>
      ),
    },
    {
      id: 'consent',
      header: 'Consent',
      cell: (challenge) =>
        challenge.consent ? 'Given' : <span className="text-muted-foreground">Not given</span>,
    },
    {
      id: 'submissions',
      header: 'Submissions',
      numeric: true,
      cell: (challenge) => (
        <>
          {formatNumber(challenge.submissions)}
          {challenge.deletedSubmissions > 0 ? (
            <span className="block text-xs text-muted-foreground">
              {formatNumber(challenge.deletedSubmissions)} deleted
            </span>
          ) : null}
        </>
      ),
    },
    {
      id: 'files',
      header: 'Files',
      numeric: true,
      cell: (challenge) => formatNumber(challenge.figures.files),
    },
    {
      id: 'bytes',
      header: 'Size',
      numeric: true,
      cell: (challenge) => <Bytes value={challenge.figures.bytes} />,
    },
    {
      id: 'next',
      header: 'Next deletion',
      sortable: true,
      className: 'whitespace-nowrap',
      cell: (challenge) => <Timestamp value={challenge.deletion} zone={zone} now={now} empty="none" />,
    },
  ];
}
