import type { ReactNode } from 'react';
import type { Finding } from '@/lib/reconciliation/read-reconciliations';
import { FINDING_KINDS } from '@/lib/reconciliation/say-reconciliation';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { CopyButton } from '../ui/copy-button';
import { TextLink } from '../ui/text-link';

interface FindingTableProps {
  findings: readonly Finding[];
  empty: ReactNode;
  footer?: ReactNode;
}

/** Where rows and objects disagree, one by one, with both sides. */
export function FindingTable({ findings, empty, footer }: FindingTableProps) {
  return (
    <DataTable
      caption="Findings"
      columns={COLUMNS}
      rows={findings}
      rowKey={(finding) => finding.position}
      empty={empty}
      footer={footer}
    />
  );
}

const COLUMNS: Column<Finding>[] = [
  {
    id: 'key',
    header: 'Object',
    rowHeader: true,
    className: 'min-w-80 max-w-xl',
    cell: (finding) => (
      <span className="flex items-center gap-1 font-normal">
        <code className="font-mono text-[0.8125rem] break-all">{finding.storageKey}</code>
        <CopyButton value={finding.storageKey} label={`object key ${finding.storageKey}`} />
      </span>
    ),
  },
  { id: 'kind', header: 'What', className: 'min-w-44', cell: ({ kind }) => FINDING_KINDS[kind].title },
  {
    id: 'submission',
    header: 'Submission',
    className: 'min-w-40',
    cell: (finding) =>
      finding.submissionId === null || finding.challengeId === null ? (
        <span className="text-muted-foreground">none</span>
      ) : (
        <span className="grid gap-0.5">
          <TextLink href={`/challenges/${finding.challengeId}/submissions/${finding.submissionId}`}>
            #{finding.submissionId}
          </TextLink>
          <span className="text-xs text-muted-foreground">
            {finding.challengeTitle ?? `Challenge ${finding.challengeId}`}
          </span>
        </span>
      ),
  },
  {
    id: 'row',
    header: 'Size in the row',
    numeric: true,
    cell: (finding) => size(finding.rowBytes, 'not said'),
  },
  {
    id: 'object',
    header: 'Size in the store',
    numeric: true,
    cell: (finding) =>
      size(finding.objectBytes, finding.kind === 'stuck-deleting' ? 'not asked' : 'no object'),
  },
];

function size(value: number | null, absent: string): ReactNode {
  return value === null ? <span className="text-muted-foreground">{absent}</span> : <Bytes value={value} />;
}
