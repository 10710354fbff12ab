import type { ReactNode } from 'react';
import type { ListedTranscript } from '@/lib/anonymous/list-transcripts';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes, UnknownSizes } from '../ui/bytes';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { transcriptHref } from './public-data-href';
import { StandingBadge } from './standing-badge';

interface TranscriptTableProps {
  transcripts: readonly ListedTranscript[];
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Transcripts with what is decided about each, the oldest first. */
export function TranscriptTable({ transcripts, zone, now, empty, footer }: TranscriptTableProps) {
  const columns: Column<ListedTranscript>[] = [
    {
      id: 'name',
      header: 'Transcript',
      rowHeader: true,
      className: 'min-w-52 max-w-80',
      cell: ({ id, name, sourceKind, owner }) => (
        <span className="grid gap-0.5 wrap-anywhere">
          <TextLink href={transcriptHref(id)}>{name ?? 'Without a name'}</TextLink>
          <span className="text-xs font-normal text-muted-foreground">
            {SOURCES[sourceKind] ?? sourceKind}
            {owner === null ? ', nobody’s' : `, of ${owner}`}
          </span>
          <code className="font-mono text-xs font-normal text-muted-foreground">{id}</code>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-40',
      stacksOnPhones: true,
      cell: ({ reason, heldBack }) => <StandingBadge reason={reason} heldBack={heldBack} />,
    },
    {
      id: 'made',
      header: 'Made',
      cell: ({ createdAt }) => (
        <Timestamp value={createdAt} zone={zone} now={now} layout="narrow" empty="not known" />
      ),
    },
    {
      id: 'goes',
      header: 'May go from',
      cell: ({ mayGoFrom }) => (
        <Timestamp value={mayGoFrom} zone={zone} now={now} layout="narrow" empty="never" />
      ),
    },
    { id: 'files', header: 'Own files', numeric: true, cell: ({ files }) => formatNumber(files) },
    {
      id: 'bytes',
      header: 'Size',
      numeric: true,
      cell: ({ bytes, filesOfUnknownSize }) => (
        <>
          <Bytes value={bytes} />
          <UnknownSizes files={filesOfUnknownSize} />
        </>
      ),
    },
  ];
  return (
    <DataTable
      caption="Transcripts"
      columns={columns}
      rows={transcripts}
      rowKey={({ id }) => id}
      empty={empty}
      footer={footer}
    />
  );
}

const SOURCES: Partial<Record<string, string>> = { room: 'Room', live: 'Live', file: 'File' };
