import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { JobList } from '@/components/jobs/job-list';
import { JOBS_PATH, jobRunFilters, readJobFilters, toListInput } from '@/components/jobs/job-run-filters';
import { JobRunTable } from '@/components/jobs/job-run-table';
import { jobsAnswer } from '@/components/jobs/jobs-answer';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { lastRunOfEachJob, listJobRuns } from '@/lib/jobs/list-job-runs';
import { can } from '@/lib/people/access';
import {
  requestAuditJobAction,
  requestLogRetentionAction,
  requestNoticesAction,
  requestOverrideRunAction,
  requestRecomputeAction,
  requestReconciliationAction,
} from '../actions';

export const metadata: Metadata = { title: 'Jobs' };

export default async function JobsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('jobs.read'), await searchParams];
  const filters = readJobFilters(params);
  const address = { pathname: JOBS_PATH, params };
  const [lastRuns, page] = await loadListForPage(
    Promise.all([lastRunOfEachJob(ctx), listJobRuns(ctx, toListInput(filters))]),
    address,
  );
  const [zone, now] = [ctx.actor.timeZone, ctx.clock.now()];
  return (
    <>
      <PageHeader title="Jobs" answer={jobsAnswer(lastRuns, now)} />
      <JobList
        lastRuns={lastRuns}
        zone={zone}
        now={now}
        start={
          can(ctx.actor, 'jobs.run')
            ? {
                recompute: requestRecomputeAction,
                notices: requestNoticesAction,
                reconciliation: requestReconciliationAction,
                logs: requestLogRetentionAction,
                overrides: requestOverrideRunAction,
                audit: requestAuditJobAction,
              }
            : null
        }
      />
      <Section title="Runs" surface={false}>
        <FilterBar label="Filter runs" pathname={JOBS_PATH} filters={jobRunFilters(filters)} />
        <JobRunTable
          runs={page.runs}
          zone={zone}
          now={now}
          empty={
            <EmptyState
              title={filters.isFiltered ? 'No run matches' : 'No job has run yet'}
              actions={filters.isFiltered ? <LinkButton href={JOBS_PATH}>Show all runs</LinkButton> : null}
            >
              {filters.isFiltered
                ? 'Choose another job or another state.'
                : 'Runs appear here once a schedule has come round, or somebody starts a job.'}
            </EmptyState>
          }
          footer={
            <KeysetPages noun="run" shown={page.runs.length} nextCursor={page.nextCursor} {...address} />
          }
        />
      </Section>
    </>
  );
}
