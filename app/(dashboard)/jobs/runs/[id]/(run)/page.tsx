import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { enterPage } from '@/app/enter-page';
import { findJobRun } from '@/app/find-job-run';
import { StopButton } from '@/components/cleanup/stop-button';
import { LiveRun } from '@/components/jobs/live-run';
import { RunFacts } from '@/components/jobs/run-facts';
import { runAnswer } from '@/components/jobs/run-words';
import { QueryProvider } from '@/components/live/query-provider';
import { PageHeader } from '@/components/shell/page-header';
import { StateBadge } from '@/components/ui/state-badge';
import { CLEANUP_JOBS } from '@/lib/deletion/cleanup-run';
import { JOBS } from '@/lib/jobs/catalogue';
import { toRunProgress } from '@/lib/jobs/run-progress';
import { canBeStopped } from '@/lib/jobs/stop-job-run';
import { can } from '@/lib/people/access';
import { stopJobRunAction } from '../../../actions';

export const metadata: Metadata = { title: 'Run of a job' };

export default async function JobRunPage({ params }: { params: Promise<{ id: string }> }) {
  const [ctx, { id }] = [await enterPage('jobs.read'), await params];
  const run = await findJobRun('jobs.read', id);
  // Cleanups have a page of their own, with receipts.
  if (CLEANUP_JOBS.includes(run.job)) redirect(`/cleanup/runs/${id}`);
  const title = run.job in JOBS ? JOBS[run.job as keyof typeof JOBS].title : run.job;
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        title={title}
        breadcrumb={[{ label: 'Jobs', href: '/jobs' }, { label: 'Run' }]}
        badge={run.finishedAt ? <StateBadge state={run.state} /> : null}
        answer={runAnswer(run, ctx.actor.timeZone)}
      />
      <QueryProvider>
        <LiveRun
          initial={toRunProgress(run, now)}
          unit={run.job === 'reconcile-artifacts' ? 'object' : 'file'}
          actions={
            canBeStopped(run.job) && can(ctx.actor, 'jobs.run') && !run.stopRequestedAt ? (
              <StopButton jobRunId={run.id} stop={stopJobRunAction} />
            ) : null
          }
        />
      </QueryProvider>
      <RunFacts run={run} zone={ctx.actor.timeZone} now={now} />
    </>
  );
}
