import type { Sibling } from '@/lib/anonymous/transcript-parts';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { listOf } from './amount-words';
import { transcriptHref } from './public-data-href';
import { REASON_LOOKS } from './reason-words';

interface SiblingSectionProps {
  /** Whether the transcript itself goes. */
  isDue: boolean;
  siblings: readonly Sibling[];
  zone: string;
  now: Date;
}

/** The transcripts that share the recording or the meeting: one that stays keeps both. */
export function SiblingSection({ isDue, siblings, zone, now }: SiblingSectionProps) {
  if (siblings.length === 0) return null;
  const columns: Column<Sibling>[] = [
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
      cell: ({ reason }) => (
        <StateBadge state={REASON_LOOKS[reason].state}>{REASON_LOOKS[reason].badge}</StateBadge>
      ),
    },
    {
      id: 'goes',
      header: 'May go from',
      cell: ({ mayGoFrom }) => <Timestamp value={mayGoFrom} zone={zone} now={now} empty="never" />,
    },
  ];
  const goes = isDue && siblings.every(({ reason }) => reason === 'due');
  return (
    <Section
      title="What it shares"
      surface={false}
      description={
        goes
          ? 'All of them may go, and what they share goes with the last of them.'
          : 'What it shares with these transcripts stays until the last of all of them goes.'
      }
    >
      <DataTable
        caption="Transcripts that share its recording or meeting"
        columns={columns}
        rows={siblings}
        rowKey={({ id }) => id}
        empty={null}
      />
    </Section>
  );
}
