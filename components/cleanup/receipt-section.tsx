import type { Receipt } from '@/lib/deletion/visible-receipt';
import type { JobRun } from '@/lib/jobs/job-run';
import { type Column, DataTable } from '../data-table/data-table';
import { KeysetPages } from '../data-table/keyset-pages';
import type { SearchParams } from '../data-table/table-url';
import { Bytes } from '../ui/bytes';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { SubjectLink } from './subject-link';

interface ReceiptSectionProps {
  run: JobRun;
  page: { receipts: Receipt[]; nextAfter: string | null };
  params: SearchParams;
  zone: string;
  now: Date;
}

/** The proof of each object that went in a run. */
export function ReceiptSection({ run, page, params, zone, now }: ReceiptSectionProps) {
  return (
    <Section
      title="Receipts"
      description="One for each file that is gone. Nobody can change or remove them, and they outlive everything else."
      surface={false}
    >
      <DataTable
        caption="Receipts of this run"
        columns={columnsFor(zone, now)}
        rows={page.receipts}
        rowKey={(receipt) => receipt.id}
        empty={<EmptyState title="No receipts">{why(run)}</EmptyState>}
        footer={
          <KeysetPages
            noun="receipt"
            shown={page.receipts.length}
            nextCursor={page.nextAfter}
            pathname={`/cleanup/runs/${run.id}`}
            params={params}
          />
        }
      />
    </Section>
  );
}

const why = (run: JobRun): string =>
  run.state === 'queued' || run.state === 'running'
    ? 'They appear here batch by batch, once their files are really gone.'
    : 'No file was deleted in this run.';

function columnsFor(zone: string, now: Date): Column<Receipt>[] {
  return [
    {
      id: 'key',
      header: 'File',
      rowHeader: true,
      className: 'min-w-72 max-w-xl',
      cell: (receipt) => (
        <span className="grid gap-0.5 font-normal">
          <code className="font-mono text-[0.8125rem] break-all">{receipt.storageKey}</code>
          <span className="text-xs text-muted-foreground">
            {receipt.outcome === 'already-absent' ? 'had gone before, ' : ''}in {receipt.store}, of{' '}
            <Subjects subjects={receipt.subjects} />
          </span>
          {receipt.remains ? (
            <span className="text-xs text-tone-orange">What remains: {receipt.remains}</span>
          ) : null}
        </span>
      ),
    },
    { id: 'size', header: 'Size', numeric: true, cell: (receipt) => <Bytes value={receipt.sizeBytes} /> },
    {
      id: 'version',
      header: 'Etag or version',
      cell: (receipt) => {
        const value = receipt.versionId ?? receipt.etag;
        return value ? (
          <CopyableId value={value} label={receipt.versionId ? 'version' : 'etag'} />
        ) : (
          <span className="text-muted-foreground">none</span>
        );
      },
    },
    {
      id: 'when',
      header: 'Gone since',
      cell: (receipt) => <Timestamp value={receipt.deletedAt} zone={zone} now={now} />,
    },
    {
      id: 'consent',
      header: 'Under',
      cell: (receipt) => (
        <span className="grid gap-0.5 whitespace-nowrap">
          {receipt.consentEventId === null ? (
            <TextLink href="/public-data#policies">the published policy</TextLink>
          ) : (
            <TextLink href={`/consent-history/${receipt.consentEventId}`}>the consent</TextLink>
          )}
          <span className="text-xs text-muted-foreground">policy {receipt.policyVersion}</span>
        </span>
      ),
    },
    {
      id: 'receipt',
      header: 'Receipt',
      cell: (receipt) => (
        <TextLink href={`/cleanup/receipts/${receipt.id}`} aria-label={`Receipt for ${receipt.storageKey}`}>
          All it rests on
        </TextLink>
      ),
    },
  ];
}

/** Everything that referred to the object; it went with the last of it. */
function Subjects({ subjects }: { subjects: Receipt['subjects'] }) {
  return subjects.map((subject, index) => (
    <span key={subject.artifactId}>
      {index > 0 ? ', ' : ''}
      <SubjectLink subject={subject} />
    </span>
  ));
}
