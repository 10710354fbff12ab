import type { ReactNode } from 'react';
import type { ListedPlan } from '@/lib/deletion/list-plans';
import { formatNumber } from '@/lib/platform/format';
import { PlanStateBadge } from '../cleanup/plan-state-badge';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { CopyableId } from '../ui/copy-button';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface AnonymousPlanTableProps {
  plans: readonly ListedPlan[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Plans of the cleanup of anonymous data, newest first. */
export function AnonymousPlanTable({ plans, zone, now, empty, footer }: AnonymousPlanTableProps) {
  const number = (id: string, header: string, of: (plan: ListedPlan) => number): Column<ListedPlan> => ({
    ...{ id, header, numeric: true },
    cell: (plan) => formatNumber(of(plan)),
  });
  const columns: Column<ListedPlan>[] = [
    {
      id: 'when',
      header: 'Plan',
      rowHeader: true,
      cell: (plan) => (
        <span className="grid gap-0.5">
          <TextLink href={`/cleanup/plans/${plan.id}`}>
            <Timestamp value={plan.createdAt} zone={zone} now={now} />
          </TextLink>
          <span className="text-xs font-normal text-muted-foreground">by {plan.madeBy}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      stacksOnPhones: true,
      cell: (plan) => (
        <span className="grid justify-items-start gap-1">
          <PlanStateBadge plan={plan} now={now} />
          {plan.approval ? (
            <span className="text-xs text-muted-foreground">
              {plan.approval === 'waiting' ? 'Needs a second admin' : 'Approved by a second admin'}
            </span>
          ) : null}
        </span>
      ),
    },
    number('transcripts', 'Transcripts', (plan) => plan.transcripts),
    number('recordings', 'Recordings', (plan) => plan.recordings),
    number('meetings', 'Meetings', (plan) => plan.meetings),
    number('files', 'Files', (plan) => plan.files),
    { id: 'bytes', header: 'Size', numeric: true, cell: (plan) => <Bytes value={plan.bytes} /> },
    number('held', 'Held back', (plan) => plan.heldBackTranscripts),
    { id: 'hash', header: 'Hash', cell: (plan) => <CopyableId value={plan.hash} label="plan hash" /> },
  ];
  return (
    <DataTable
      caption="Plans of the cleanup of anonymous data"
      columns={columns}
      rows={plans}
      rowKey={(plan) => plan.id}
      empty={empty}
      footer={footer}
    />
  );
}
