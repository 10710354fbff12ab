import type { GoneTranscript } from '@/lib/anonymous/load-gone-transcript';
import { type Column, DataTable } from '../data-table/data-table';
import { FirstOf } from '../data-table/first-of';
import { Bytes } from '../ui/bytes';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

type Receipt = GoneTranscript['receipts'][number];

interface GoneReceiptsProps {
  gone: GoneTranscript;
  zone: string;
  now: Date;
}

/** What proves that a transcript is gone: a receipt for each of its files. */
export function GoneReceipts({ gone: { receipts, total, run }, zone, now }: GoneReceiptsProps) {
  const columns: Column<Receipt>[] = [
    {
      id: 'key',
      header: 'File',
      rowHeader: true,
      className: 'min-w-64 max-w-xl',
      cell: ({ storageKey }) => (
        <code className="font-mono text-[0.8125rem] font-normal break-all">{storageKey}</code>
      ),
    },
    { id: 'size', header: 'Size', numeric: true, cell: ({ sizeBytes }) => <Bytes value={sizeBytes} /> },
    {
      id: 'when',
      header: 'Gone since',
      cell: ({ deletedAt }) => <Timestamp value={deletedAt} zone={zone} now={now} />,
    },
    {
      id: 'run',
      header: 'Run',
      cell: ({ runId, storageKey }) => (
        <TextLink href={`/cleanup/runs/${runId}`} aria-label={`The run that deleted ${storageKey}`}>
          Its run
        </TextLink>
      ),
    },
    {
      id: 'receipt',
      header: 'Receipt',
      cell: ({ id, storageKey }) => (
        <TextLink href={`/cleanup/receipts/${id}`} aria-label={`Receipt for ${storageKey}`}>
          All it rests on
        </TextLink>
      ),
    },
  ];
  return (
    <Section
      title="Receipts"
      surface={false}
      description={
        total > 0
          ? 'One for each file. Nobody can change or remove them. Its rows went with the last of the files; consent given in its meeting is kept as history.'
          : 'Nobody can change or remove them; there is one for each file.'
      }
    >
      <DataTable
        caption="Receipts of this transcript"
        columns={columns}
        rows={receipts}
        rowKey={({ id }) => id}
        empty={
          <EmptyState
            title="No receipts"
            actions={
              run ? <LinkButton href={`/cleanup/runs/${run.id}`}>The run that deleted it</LinkButton> : null
            }
          >
            It had no file. The plan of its run names it, and the audit log the run.
          </EmptyState>
        }
        footer={<FirstOf shown={receipts.length} total={total} noun="receipt" />}
      />
    </Section>
  );
}
