import type { ListedSibling, TranscriptDetail } from '@/lib/anonymous/load-transcript';
import { type Column, DataTable } from '../data-table/data-table';
import { FirstOf } from '../data-table/first-of';
import { Section } from '../ui/card';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { listOf } from './amount-words';
import { transcriptHref } from './public-data-href';
import { StandingBadge } from './standing-badge';

interface SiblingSectionProps {
  transcript: Pick<TranscriptDetail, 'reason' | 'heldBack' | 'siblings'>;
  zone: string;
  now: Date;
}

/** The transcripts that share the recording or the meeting: one that stays keeps both. */
export function SiblingSection({ transcript, zone, now }: SiblingSectionProps) {
  const { shown, total } = transcript.siblings;
  if (total === 0) return null;
  const columns: Column<ListedSibling>[] = [
    {
      id: 'name',
      header: 'Transcript',
      rowHeader: true,
      className: 'min-w-52',
      cell: ({ id, name }) => <TextLink href={transcriptHref(id)}>{name ?? id}</TextLink>,
    },
    { id: 'shares', header: 'Shares', cell: ({ shares }) => `the ${listOf(shares)}` },
    {
      id: 'state',
      header: 'State',
      stacksOnPhones: true,
      cell: ({ reason, heldBack }) => <StandingBadge reason={reason} heldBack={heldBack} />,
    },
    {
      id: 'goes',
      header: 'May go from',
      cell: ({ mayGoFrom }) => <Timestamp value={mayGoFrom} zone={zone} now={now} empty="never" />,
    },
  ];
  const allGo = goes(transcript) && shown.every(goes) && shown.length === total;
  return (
    <Section
      title="What it shares"
      surface={false}
      description={
        allGo
          ? 'All of them may go, and what they share goes with the last of them.'
          : 'What it shares with these transcripts stays until the last of all of them goes.'
      }
    >
      <DataTable
        caption="Transcripts that share its recording or meeting"
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        empty={null}
        footer={<FirstOf shown={shown.length} total={total} noun="transcript" />}
      />
    </Section>
  );
}

const goes = ({ reason, heldBack }: Pick<ListedSibling, 'reason' | 'heldBack'>): boolean =>
  reason === 'due' && heldBack === null;
