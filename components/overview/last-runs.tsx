import type { Overview } from '@/lib/challenges/overview';
import { JobRunTable } from '../jobs/job-run-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';

interface LastRunsProps {
  overview: Overview;
  zone: string;
  now: Date;
}

/** The last cleanups, with what each did. */
export function LastRuns({ overview, zone, now }: LastRunsProps) {
  return (
    <Section title="Last cleanups" surface={false}>
      <JobRunTable
        runs={overview.lastRuns}
        zone={zone}
        now={now}
        empty={
          <EmptyState title="No cleanup has run yet">The first runs by itself at the time above.</EmptyState>
        }
      />
    </Section>
  );
}
