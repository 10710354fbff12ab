import { fileKindWords } from '@/lib/anonymous/file-kinds';
import type { AnonymousFile, TranscriptFiles } from '@/lib/anonymous/transcript-parts';
import { type Column, DataTable } from '../data-table/data-table';
import { FirstOf } from '../data-table/first-of';
import { Bytes } from '../ui/bytes';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { type State, StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface AnonymousFilesProps {
  files: TranscriptFiles;
  /** Whether another transcript shares the recording or the meeting, whose files then stay longer. */
  isShared: boolean;
  zone: string;
  now: Date;
}

const STATES: Record<AnonymousFile['state'], State> = {
  present: 'kept',
  deleting: 'deleting',
  deleted: 'deleted',
  failed: 'failed',
};

/** Every file that goes with a transcript, and how it stands. */
export function AnonymousFiles({ files, isShared, zone, now }: AnonymousFilesProps) {
  const columns: Column<AnonymousFile>[] = [
    {
      id: 'key',
      header: 'File',
      rowHeader: true,
      className: 'min-w-64 max-w-xl',
      cell: ({ objectKey, location, bucketName }) => (
        <span className="grid gap-0.5 font-normal">
          <code className="font-mono text-[0.8125rem] break-all">{objectKey}</code>
          <span className="text-xs text-muted-foreground">{placeOf(location, bucketName)}</span>
        </span>
      ),
    },
    { id: 'kind', header: 'Kind', cell: ({ kind }) => fileKindWords(kind) },
    { id: 'of', header: 'Of', cell: ({ of }) => `the ${of}` },
    { id: 'size', header: 'Size', numeric: true, cell: ({ sizeBytes }) => <Bytes value={sizeBytes} /> },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-44',
      stacksOnPhones: true,
      cell: (file) => <FileState file={file} zone={zone} now={now} />,
    },
  ];
  return (
    <Section
      title="Files"
      surface={false}
      description={
        isShared
          ? 'They go together with its rows. Those of the recording and the meeting go with the last transcript that refers to them.'
          : 'They go together with its rows, or the rows stay.'
      }
    >
      <DataTable
        caption="Files of this transcript"
        columns={columns}
        rows={files.shown}
        rowKey={({ id }) => id}
        footer={
          <FirstOf
            shown={files.shown.length}
            total={files.total}
            noun="file"
            {...(files.failed > 0 && { more: 'What could not be deleted is among them.' })}
          />
        }
        empty={<EmptyState title="No files">The platform has named none for it.</EmptyState>}
      />
    </Section>
  );
}

function placeOf(location: AnonymousFile['location'], bucketName: string | null): string {
  if (location === 'local') return 'on the platform’s disk';
  return bucketName === null ? 'in the object storage' : `in the bucket ${bucketName}`;
}

function FileState({ file, zone, now }: { file: AnonymousFile; zone: string; now: Date }) {
  const { state, lastError, nextAttemptAt, receiptId } = file;
  return (
    <span className="grid justify-items-start gap-1">
      {state === 'present' ? (
        <StateBadge state="kept">There</StateBadge>
      ) : (
        <StateBadge state={STATES[state]} />
      )}
      {state === 'failed' ? (
        <span className="text-[0.8125rem] wrap-anywhere text-muted-foreground">
          {lastError ?? 'The storage refused or did not answer.'}
          {nextAttemptAt && nextAttemptAt > now ? (
            <>
              {' '}
              Tried again <Timestamp value={nextAttemptAt} zone={zone} now={now} layout="inline" />.
            </>
          ) : null}
        </span>
      ) : null}
      {receiptId ? (
        <TextLink href={`/cleanup/receipts/${receiptId}`} aria-label={`Receipt for ${file.objectKey}`}>
          Its receipt
        </TextLink>
      ) : null}
    </span>
  );
}
