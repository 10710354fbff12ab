import type { ReactNode } from 'react';
import type { ListedSubmission } from '@/lib/challenges/list-submissions';
import { formatNumber } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import type { PlaceHold } from '../holds/hold-actions';
import { PlaceHoldOnDialog } from '../holds/place-hold-dialogs';
import { Bytes, UnknownSizes } from '../ui/bytes';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { SUBMISSION_STATUSES } from './submission-words';

interface SubmissionTableProps {
  challengeId: number;
  submissions: readonly ListedSubmission[];
  /** Null for those who place no holds. */
  place: PlaceHold | null;
  zone: string;
  now: Date;
  empty: ReactNode;
  footer: ReactNode;
}

export function SubmissionTable({
  challengeId,
  submissions,
  place,
  zone,
  now,
  empty,
  footer,
}: SubmissionTableProps) {
  return (
    <DataTable
      caption="Submissions of this challenge"
      columns={[...columnsFor(challengeId, zone, now), ...(place ? [holdColumn(place)] : [])]}
      rows={submissions}
      rowKey={(submission) => submission.id}
      empty={empty}
      footer={footer}
    />
  );
}

/** What is gone cannot be held. */
function holdColumn(place: PlaceHold): Column<ListedSubmission> {
  return {
    id: 'hold',
    header: 'Hold',
    cell: ({ id, deletedAt }) =>
      deletedAt ? null : (
        <PlaceHoldOnDialog target={{ submissionId: id }} on={`submission #${id}`} inRow place={place} />
      ),
  };
}

function columnsFor(challengeId: number, zone: string, now: Date): Column<ListedSubmission>[] {
  return [
    {
      id: 'submission',
      header: 'Submission',
      rowHeader: true,
      className: 'min-w-40',
      cell: (submission) => (
        <span className="grid gap-0.5">
          <TextLink
            href={`/challenges/${challengeId}/submissions/${submission.id}`}
            className="justify-self-start"
          >
            #{submission.id}
          </TextLink>
          <span className="text-xs font-normal break-words text-muted-foreground">
            {submission.participantTeamName}
          </span>
        </span>
      ),
    },
    { id: 'phase', header: 'Phase', className: 'min-w-32', cell: (submission) => submission.phaseName },
    {
      id: 'state',
      header: 'State',
      cell: (submission) => <StateBadge state={submission.state}>{submission.words}</StateBadge>,
    },
    {
      id: 'status',
      header: 'Status',
      className: 'whitespace-nowrap',
      cell: (submission) => SUBMISSION_STATUSES[submission.status] ?? submission.status,
    },
    { id: 'files', header: 'Files', numeric: true, cell: (submission) => <Files submission={submission} /> },
    {
      id: 'bytes',
      header: 'Size',
      numeric: true,
      cell: (submission) => (
        <>
          <Bytes value={submission.bytes} />
          <UnknownSizes files={submission.filesOfUnknownSize} />
        </>
      ),
    },
    {
      id: 'date',
      header: 'May go from',
      cell: (submission) =>
        submission.deletedAt ? (
          <span className="grid text-muted-foreground">
            deleted
            <Timestamp value={submission.deletedAt} zone={zone} now={now} />
          </span>
        ) : (
          <span className="grid gap-0.5">
            <Timestamp value={submission.eligibleDate} zone={zone} now={now} empty="no date" />
            {submission.postponedUntil ? (
              <span className="max-w-64 text-xs break-words text-muted-foreground">
                Postponed until {formatDate(submission.postponedUntil, 'UTC', 'short')}
                {submission.postponedReason ? `: ${submission.postponedReason}` : ''}
              </span>
            ) : null}
          </span>
        ),
    },
  ];
}

/** How many files are left, and what is the matter with the others. */
function Files({ submission }: { submission: ListedSubmission }) {
  const { present, deleting, failed, deleted } = submission.files;
  const notes = [
    deleting > 0 ? `${formatNumber(deleting)} being deleted` : '',
    failed > 0 ? `${formatNumber(failed)} failed` : '',
    deleted > 0 ? `${formatNumber(deleted)} deleted` : '',
  ].filter(Boolean);
  return (
    <>
      {formatNumber(present + deleting + failed)}
      {notes.length > 0 ? (
        <span className="block text-xs text-muted-foreground">{notes.join(', ')}</span>
      ) : null}
    </>
  );
}
