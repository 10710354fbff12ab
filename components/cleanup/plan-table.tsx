import type { ReactNode } from 'react';
import type { ListedPlan } from '@/lib/deletion/list-plans';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { CopyableId } from '../ui/copy-button';
import { planColumn, planStateColumn } from './plan-columns';

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
    planColumn({ zone, now }),
    planStateColumn(now),
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
