import type { ReactNode } from 'react';
import type { ListedChallenge } from '@/lib/challenges/list-challenges';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import type { SearchParams, Sort } from '../data-table/table-url';
import { Bytes, UnknownSizes } from '../ui/bytes';
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
      className: 'min-w-44 max-w-64 max-sm:min-w-64',
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
      stacksOnPhones: true,
      className: 'min-w-64',
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
        challenge.consent ? 'Given' : <span className="text-muted-foreground">None</span>,
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
      id: 'size',
      header: 'Size',
      numeric: true,
      cell: (challenge) => (
        <>
          <Bytes value={challenge.figures.bytes} />
          <span className="block text-xs text-muted-foreground">
            {formatCount(challenge.figures.files, 'file')}
          </span>
          <UnknownSizes files={challenge.figures.filesOfUnknownSize} />
        </>
      ),
    },
    {
      id: 'next',
      header: 'May go from',
      sortable: true,
      cell: (challenge) => <Timestamp value={challenge.nextDate} zone={zone} now={now} empty="no date" />,
    },
  ];
}
