import type { SetAsideChallenge } from '@/lib/deletion/list-set-aside';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface SetAsideSectionProps {
  challenges: readonly SetAsideChallenge[];
  zone: string;
  now: Date;
}

/** Challenges whose files kept failing: the run left their rest alone and went on with the others. */
export function SetAsideSection({ challenges, zone, now }: SetAsideSectionProps) {
  if (challenges.length === 0) return null;
  const columns: Column<SetAsideChallenge>[] = [
    {
      id: 'challenge',
      header: 'Challenge',
      rowHeader: true,
      className: 'min-w-52',
      cell: ({ challengeId, title }) => (
        <TextLink href={`/challenges/${challengeId}`}>{title ?? `Challenge ${challengeId}`}</TextLink>
      ),
    },
    {
      id: 'failed',
      header: 'Failed',
      numeric: true,
      cell: ({ failed, tried }) => `${formatNumber(failed)} of ${formatNumber(tried)}`,
    },
    {
      id: 'left',
      header: 'Had no turn',
      numeric: true,
      cell: ({ filesLeft }) => formatNumber(filesLeft),
    },
    {
      id: 'retry',
      header: 'Tried again',
      cell: ({ retryAt }) => <Timestamp value={retryAt} zone={zone} now={now} />,
    },
  ];
  return (
    <Section
      title="Set aside"
      surface={false}
      description="Too many files of these challenges failed, so the run went on with the others. The hourly retries take up their rest, with growing pauses."
    >
      <DataTable
        caption="Challenges that were set aside"
        columns={columns}
        rows={challenges}
        rowKey={({ challengeId }) => challengeId}
        empty={null}
      />
    </Section>
  );
}
