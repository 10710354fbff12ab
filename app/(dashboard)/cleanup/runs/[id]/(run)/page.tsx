import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { enterPage } from '@/app/enter-page';
import { findJobRun } from '@/app/find-job-run';
import { loadForPage } from '@/app/load-for-page';
import { ReceiptSection } from '@/components/cleanup/receipt-section';
import { RunLeftovers } from '@/components/cleanup/run-leftovers';
import { RunResult } from '@/components/cleanup/run-result';
import { SetAsideSection } from '@/components/cleanup/set-aside-section';
import { runCrumbs } from '@/components/cleanup/source-crumbs';
import { StopButton } from '@/components/cleanup/stop-button';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { LiveRun } from '@/components/jobs/live-run';
import { RunFacts } from '@/components/jobs/run-facts';
import { runAnswer } from '@/components/jobs/run-words';
import { QueryProvider } from '@/components/live/query-provider';
import { PageHeader } from '@/components/shell/page-header';
import { LinkButton } from '@/components/ui/link-button';
import { StateBadge } from '@/components/ui/state-badge';
import { ANONYMOUS_CLEANUP_JOB, CLEANUP_JOBS, hasEnded } from '@/lib/deletion/cleanup-run';
import { readCounts } from '@/lib/deletion/counts';
import { listPlanItems } from '@/lib/deletion/list-plan-items';
import { receiptsOfRun } from '@/lib/deletion/list-receipts';
import { listSetAside } from '@/lib/deletion/list-set-aside';
import { toRunProgress } from '@/lib/jobs/run-progress';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { stopCleanupAction } from '../../../actions';

export const metadata: Metadata = { title: 'Run of a cleanup' };

interface RunPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

const LEFTOVERS_SHOWN = 20;

export default async function CleanupRunPage({ params, searchParams }: RunPageProps) {
  const [ctx, { id }, query] = [await enterPage('cleanup.read'), await params, await searchParams];
  const run = await findJobRun('cleanup.read', id);
  if (!CLEANUP_JOBS.includes(run.job)) redirect(`/jobs/runs/${id}`);
  const [receipts, failed, shrunk, setAside] = await loadForPage(
    Promise.all([
      receiptsOfRun(ctx, { jobRunId: id, limit: 25, after: one(query.after)?.slice(0, 2048) ?? '' }),
      leftovers(ctx, run.planId, 'failed'),
      leftovers(ctx, run.planId, 'shrunk'),
      listSetAside(ctx, { jobRunId: id }),
    ]),
  );
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const counts = readCounts(run.counts);
  const anonymous = run.job === ANONYMOUS_CLEANUP_JOB;
  return (
    <>
      <PageHeader
        title={anonymous ? 'Cleanup of public data' : 'Cleanup'}
        badge={run.finishedAt ? <StateBadge state={run.state} /> : null}
        answer={runAnswer(run, shown.zone)}
        breadcrumb={[
          ...runCrumbs({ source: anonymous ? 'anonymous-data' : 'submission-artifacts' }),
          { label: `…${id.slice(-8)}` },
        ]}
        actions={
          run.planId ? <LinkButton href={`/cleanup/plans/${run.planId}`}>See its plan</LinkButton> : null
        }
      />
      <QueryProvider>
        <LiveRun
          initial={toRunProgress(run, shown.now)}
          actions={
            can(ctx.actor, 'cleanup.run') && !run.stopRequestedAt ? (
              <StopButton jobRunId={id} stop={stopCleanupAction} />
            ) : null
          }
        />
      </QueryProvider>
      {run.startedAt && hasEnded(run) && run.state !== 'skipped' ? (
        <RunResult counts={counts} isAnonymous={anonymous} planId={run.planId} />
      ) : null}
      <SetAsideSection challenges={setAside} {...shown} />
      {run.planId ? (
        <>
          <RunLeftovers kind="failed" planId={run.planId} items={failed} total={counts.failed} />
          <RunLeftovers
            kind="shrunk"
            planId={run.planId}
            items={shrunk}
            total={counts.shrunk + counts.setAside}
          />
        </>
      ) : null}
      <ReceiptSection run={run} page={receipts} params={query} {...shown} />
      <RunFacts run={run} withCounts={false} {...shown} />
    </>
  );
}

async function leftovers(ctx: Context, planId: string | null, show: 'failed' | 'shrunk') {
  if (planId === null) return [];
  return (await listPlanItems(ctx, { planId, show, limit: LEFTOVERS_SHOWN })).items;
}
