import type { JobRun } from '@/lib/jobs/job-run';
import { formatNumber } from '@/lib/platform/format';
import { formatDuration } from '@/lib/platform/format-time';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { sayRequester } from './run-words';

interface RunFactsProps {
  run: JobRun;
  /** False where the page tells them in its own words. */
  withCounts?: boolean;
  zone: string;
  now: Date;
}

/** Who asked for a run, when it did what, and its counts under their own names; many of them are folded away. */
export function RunFacts({ run, withCounts = true, zone, now }: RunFactsProps) {
  const counts = withCounts ? Object.entries(run.counts) : [];
  const isLong = counts.length > MOST_COUNTS;
  const time = (value: Date | null) => <Timestamp value={value} zone={zone} now={now} empty="not yet" />;
  return (
    <Section title="About this run">
      <DescriptionList
        columns={3}
        items={[
          { term: 'Asked for by', description: sayRequester(run) },
          { term: 'Asked for', description: time(run.createdAt) },
          { term: 'Begun', description: time(run.startedAt) },
          { term: 'Ended', description: time(run.finishedAt) },
          {
            term: 'Took',
            description:
              run.startedAt && run.finishedAt
                ? formatDuration(run.finishedAt.getTime() - run.startedAt.getTime())
                : '–',
          },
          { term: 'Run id', description: <CopyableId value={run.id} label="run id" /> },
          ...counts
            .filter(([name]) => !isLong || STATUS.includes(name))
            .map(([name, value]) => ({ term: words(name), description: formatNumber(value) })),
          ...detailsOf(run).map(([name, value]) => ({
            term: words(name),
            description: isInstant(value) ? time(new Date(value)) : (value ?? 'none'),
          })),
          {
            term: 'In the audit log',
            description: (
              <TextLink href={`/audit-log?target=${encodeURIComponent(`run:${run.id}`)}`}>
                Its events
              </TextLink>
            ),
          },
        ]}
      />
      {isLong ? <AllFigures counts={counts} /> : null}
    </Section>
  );
}

/** More of them nobody reads: what they come to is said at the head of the page. */
const MOST_COUNTS = 6;

/** What each activation of a cleanup of the audit log leaves (O5): shown however long the rest is. */
const STATUS: readonly string[] = ['rows_deleted', 'max_deleted_per_activation'];

/** All counts, zeros as well, under the names that the API and the command line give them. */
function AllFigures({ counts }: { counts: [string, number][] }) {
  return (
    <details className="mt-5 border-t pt-4">
      <summary className="w-fit rounded-sm text-[0.8125rem] font-medium text-primary-text">
        All {counts.length} figures
      </summary>
      <dl className="mt-3 grid gap-x-8 sm:grid-cols-2 lg:grid-cols-3">
        {counts.map(([name, value]) => (
          <div key={name} className="flex min-w-0 items-baseline justify-between gap-3 py-1">
            <dt className="min-w-0 font-mono text-xs wrap-anywhere text-muted-foreground">{name}</dt>
            <dd className="tabular-nums">{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Without what stands at the head of the page anyway. */
const detailsOf = ({ details, summary }: JobRun): [string, string | null][] =>
  Object.entries(details).filter(
    ([, value]) => value === null || !summary?.includes(value) || isInstant(value),
  );

const isInstant = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text);

/** 'alreadyAbsent' and 'already_absent' as 'Already absent'. */
function words(name: string): string {
  const text = name.replace(/([A-Z]|_)/g, (sign) => (sign === '_' ? ' ' : ` ${sign}`)).toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
