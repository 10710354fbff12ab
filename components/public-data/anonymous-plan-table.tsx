import type { ReactNode } from 'react';
import type { ListedPlan } from '@/lib/deletion/list-plans';
import { formatNumber } from '@/lib/platform/format';
import { planColumn, planStateColumn } from '../cleanup/plan-columns';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { CopyableId } from '../ui/copy-button';

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
    planColumn({ zone, now }),
    { ...planStateColumn(now), stacksOnPhones: true },
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
