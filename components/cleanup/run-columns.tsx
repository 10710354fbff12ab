import type { RunSummary } from '@/lib/deletion/list-runs';
import type { Column } from '../data-table/data-table';
import { runSentence, sayRequester } from '../jobs/run-words';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

/** When a run began and who asked for it; it leads to its page. */
export const runColumn = ({ zone, now }: { zone: string; now: Date }): Column<RunSummary> => ({
  id: 'when',
  header: 'Run',
  rowHeader: true,
  cell: ({ run }) => (
    <span className="grid gap-0.5">
      <TextLink href={`/cleanup/runs/${run.id}`}>
        <Timestamp value={run.startedAt ?? run.createdAt} zone={zone} now={now} />
      </TextLink>
      <span className="text-xs font-normal text-muted-foreground">by {sayRequester(run)}</span>
    </span>
  ),
});

export const runStateColumn: Column<RunSummary> = {
  id: 'state',
  header: 'State',
  cell: ({ run }) => <StateBadge state={run.state} />,
};

/** What it did, in a sentence. */
export const runSummaryColumn = (zone: string): Column<RunSummary> => ({
  id: 'summary',
  header: 'What it did',
  className: 'min-w-64',
  cell: ({ run }) => runSentence(run, zone),
});
