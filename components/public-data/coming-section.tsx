import type { Amount, ComingDue } from '@/lib/anonymous/coming-due';
import { DAYS_AHEAD } from '@/lib/anonymous/coming-due';
import { formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes, UnknownSizes } from '../ui/bytes';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { isSomething, sayUnits } from './amount-words';
import { sayDay } from './public-data-answer';
import { RUNS_AT } from './schedule-words';

type Row = Amount & { when: string };

/** What falls due on which day, if no policy changes and nothing else arrives. */
export function ComingSection({ coming, isOn, zone }: { coming: ComingDue; isOn: boolean; zone: string }) {
  const columns: Column<Row>[] = [
    { id: 'when', header: 'When', rowHeader: true, className: 'min-w-40', cell: (row) => <When row={row} /> },
    ...counted,
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
    <Section
      title="What goes, and when"
      description={`By the day from which on it may go, in UTC. The first run after that takes it; there is one every day at ${RUNS_AT}. A recording or a meeting goes with the last transcript that refers to it.`}
      surface={false}
    >
      <DataTable
        caption="What goes, and when"
        columns={columns}
        rows={rowsOf(coming, zone)}
        rowKey={({ when }) => when}
        maxHeight="28rem"
        empty={
          <EmptyState title="Nothing has a date">
            {isOn
              ? 'No transcript that is here goes as things stand; below stands why.'
              : 'While PUBLIC_MODE is off nothing anonymous gets a date.'}
          </EmptyState>
        }
      />
    </Section>
  );
}

/** A phone has no room for all the numbers: what goes with the transcripts stands below the day instead. */
function When({ row: { when, recordings, meetings } }: { row: Row }) {
  const also = sayUnits({ transcripts: 0, recordings, meetings });
  return (
    <>
      {when}
      {also ? (
        <span className="block text-xs font-normal text-muted-foreground sm:hidden">with {also}</span>
      ) : null}
    </>
  );
}

const count = (
  id: 'transcripts' | 'recordings' | 'meetings' | 'files',
  header: string,
  hideBelow?: 'sm',
): Column<Row> => ({
  id,
  header,
  numeric: true,
  ...(hideBelow && { hideBelow }),
  cell: (row) => formatNumber(row[id]),
});

const counted = [
  count('transcripts', 'Transcripts'),
  count('recordings', 'Recordings', 'sm'),
  count('meetings', 'Meetings', 'sm'),
  count('files', 'Files'),
];

function rowsOf({ now, days, later }: ComingDue, zone: string): Row[] {
  return [
    ...(isSomething(now) ? [{ when: 'Due now', ...now }] : []),
    ...days.map(({ day, ...amount }) => ({ when: sayDay(day, zone), ...amount })),
    ...(isSomething(later) ? [{ when: `In more than ${DAYS_AHEAD} days`, ...later }] : []),
  ];
}
