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

/** Who asked for a run, when it did what, and its counts under their own names. */
export function RunFacts({ run, withCounts = true, zone, now }: RunFactsProps) {
  const counts = withCounts ? Object.entries(run.counts) : [];
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
          ...counts.map(([name, value]) => ({ term: words(name), description: formatNumber(value) })),
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
    </Section>
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
