import type { ReactNode } from 'react';
import type { OverrideChangeRow } from '@/lib/overrides/list-override-changes';
import { sayAffected } from '@/lib/overrides/say-override-change';
import { type Column, DataTable } from '../data-table/data-table';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { ApproveChangeDialog } from './approve-change-dialog';
import { CancelChangeDialog } from './cancel-change-dialog';
import { ChangeStory } from './change-story';
import type { OverrideActions } from './override-actions';
import { changeWords, daysWords, FIELD_TITLES } from './override-words';

/** Who looks and may act; each change says whether this admin may approve it. */
export interface ActingAdmin {
  actions: Pick<OverrideActions, 'approve' | 'cancel'>;
}

interface OverrideChangeTableProps {
  caption: string;
  changes: readonly OverrideChangeRow[];
  /** Null for those who may look and not act. */
  admin: ActingAdmin | null;
  /** False on the page of a challenge, where it is always the same. */
  withChallenge: boolean;
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Changes of retention periods, each with its story. */
export function OverrideChangeTable(props: OverrideChangeTableProps) {
  const { caption, changes, empty, footer } = props;
  return (
    <DataTable
      caption={caption}
      columns={columnsFor(props)}
      rows={changes}
      rowKey={(change) => change.id}
      empty={empty}
      footer={footer}
    />
  );
}

function columnsFor({ admin, withChallenge, zone, now }: OverrideChangeTableProps) {
  const columns: Column<OverrideChangeRow>[] = [
    {
      id: 'change',
      header: 'Change',
      rowHeader: true,
      className: 'min-w-48 max-w-96',
      cell: (change) => (
        <span className="grid gap-0.5 break-words">
          <span>
            {FIELD_TITLES[change.field]}
            <span className="block font-normal">{daysWords(change)}</span>
          </span>
          {withChallenge ? (
            <TextLink href={`/challenges/${change.challengeId}`} className="justify-self-start">
              {change.challengeTitle}
            </TextLink>
          ) : null}
          <span className="text-[0.8125rem] font-normal text-muted-foreground">{change.reason}</span>
        </span>
      ),
    },
    {
      id: 'affects',
      header: 'Affects',
      className: 'min-w-36 max-w-72',
      cell: (change) => sayAffected(change.impact),
    },
    {
      id: 'asked',
      header: 'Asked for',
      cell: (change) => (
        <span className="grid">
          <Timestamp value={change.requestedAt} zone={zone} now={now} />
          {change.requestedBy ? (
            <span className="text-xs text-muted-foreground">by {change.requestedBy}</span>
          ) : null}
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-52 max-w-96',
      cell: (change) => <ChangeStory change={change} zone={zone} now={now} />,
    },
  ];
  const canAct = (change: OverrideChangeRow) => ['awaiting-approval', 'scheduled'].includes(change.state);
  return admin
    ? [
        ...columns,
        {
          id: 'act',
          header: 'Act',
          className: 'w-0',
          cell: (change: OverrideChangeRow) =>
            canAct(change) ? <Act change={change} admin={admin} zone={zone} /> : null,
        },
      ]
    : columns;
}

function Act({ change, admin, zone }: { change: OverrideChangeRow; admin: ActingAdmin; zone: string }) {
  const { id, challengeTitle, reason, impact, state, whyNotApprove } = change;
  const what = changeWords(change);
  return (
    <span className="flex flex-wrap gap-2">
      {state === 'awaiting-approval' && whyNotApprove === null ? (
        <ApproveChangeDialog
          changeId={id}
          challengeTitle={challengeTitle}
          what={what}
          reason={reason}
          impact={impact}
          approve={admin.actions.approve}
          zone={zone}
        />
      ) : null}
      {whyNotApprove === null ? null : (
        <span className="text-[0.8125rem] text-muted-foreground">{whyNotApprove}</span>
      )}
      <CancelChangeDialog changeId={id} what={what} cancel={admin.actions.cancel} />
    </span>
  );
}
