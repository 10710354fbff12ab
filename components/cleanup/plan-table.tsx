import type { ReactNode } from 'react';
import type { ListedPlan } from '@/lib/deletion/list-plans';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { CopyableId } from '../ui/copy-button';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { PlanStateBadge } from './plan-state-badge';

interface PlanTableProps {
  plans: readonly ListedPlan[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Plans of the cleanup, newest first. */
export function PlanTable({ plans, zone, now, empty, footer }: PlanTableProps) {
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
    {
      id: 'challenges',
      header: 'Challenges',
      numeric: true,
      className: 'max-w-56',
      cell: (plan) => plan.challengeTitle ?? formatNumber(plan.challenges),
    },
    {
      id: 'submissions',
      header: 'Submissions',
      numeric: true,
      cell: (plan) => formatNumber(plan.submissions),
    },
    { id: 'files', header: 'Files', numeric: true, cell: (plan) => formatNumber(plan.files) },
    { id: 'bytes', header: 'Size', numeric: true, cell: (plan) => <Bytes value={plan.bytes} /> },
    {
      id: 'held',
      header: 'Held back',
      numeric: true,
      cell: (plan) => formatNumber(plan.heldBackSubmissions),
    },
    {
      id: 'hash',
      header: 'Hash',
      cell: (plan) => <CopyableId value={plan.hash} label="plan hash" />,
    },
  ];
  return (
    <DataTable
      caption="Plans of the cleanup"
      columns={columns}
      rows={plans}
      rowKey={(plan) => plan.id}
      empty={empty}
      footer={footer}
    />
  );
}
