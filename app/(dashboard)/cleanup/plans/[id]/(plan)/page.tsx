import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { ApprovalNote } from '@/components/cleanup/approval-note';
import { PlanByChallenge } from '@/components/cleanup/plan-by-challenge';
import { PlanByReason } from '@/components/cleanup/plan-by-reason';
import { PlanFacts } from '@/components/cleanup/plan-facts';
import { readItemFilters, toItemInput } from '@/components/cleanup/plan-item-filters';
import { PlanItems } from '@/components/cleanup/plan-items';
import { PlanNote } from '@/components/cleanup/plan-note';
import { PlanStateBadge } from '@/components/cleanup/plan-state-badge';
import { planAnswer } from '@/components/cleanup/plan-words';
import { RunPlanDialog } from '@/components/cleanup/run-plan-dialog';
import type { SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { listPlanItems } from '@/lib/deletion/list-plan-items';
import { runOfPlan } from '@/lib/deletion/list-plans';
import { planSummaryByChallenge, planSummaryByReason } from '@/lib/deletion/plan-summaries';
import { can } from '@/lib/people/access';
import { formatDate } from '@/lib/platform/format-time';
import { approvePlanAction, previewCleanupAction, requestCleanupAction } from '../../../actions';
import { findPlan } from '../find-plan';

export const metadata: Metadata = { title: 'Plan of a cleanup' };

interface PlanPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

export default async function PlanPage({ params, searchParams }: PlanPageProps) {
  const [ctx, { id: planId }, query] = [await enterPage('cleanup.read'), await params, await searchParams];
  const plan = await findPlan(planId);
  const filters = readItemFilters(query);
  const [byChallenge, byReason, page, run] = await Promise.all([
    planSummaryByChallenge(ctx, { planId }),
    planSummaryByReason(ctx, { planId }),
    listPlanItems(ctx, toItemInput(planId, filters)),
    runOfPlan(ctx, { planId }),
  ]);
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const mayRun = can(ctx.actor, 'cleanup.run');
  return (
    <>
      <PageHeader
        title={`Plan of ${formatDate(plan.createdAt, shown.zone)}`}
        badge={<PlanStateBadge plan={plan} now={shown.now} />}
        answer={planAnswer(plan)}
        breadcrumb={[
          { label: 'Cleanup', href: '/cleanup' },
          { label: 'Plans', href: '/cleanup/plans' },
          { label: `…${planId.slice(-8)}` },
        ]}
        actions={
          plan.isRunnable && mayRun ? (
            <RunPlanDialog plan={plan} byChallenge={byChallenge.slice(0, 8)} request={requestCleanupAction} />
          ) : null
        }
      />
      <PlanNote
        plan={plan}
        run={run}
        preview={can(ctx.actor, 'cleanup.preview') ? previewCleanupAction : null}
        mayRun={mayRun}
        {...shown}
      />
      <ApprovalNote plan={plan} approve={approvePlanAction} mayRun={mayRun} {...shown} />
      <PlanFacts plan={plan} {...shown} />
      <PlanByChallenge planId={planId} challenges={byChallenge} />
      <PlanByReason planId={planId} reasons={byReason.filter(({ goes }) => !goes)} />
      <PlanItems
        plan={plan}
        page={page}
        filters={filters}
        challenges={byChallenge}
        reasons={byReason}
        params={query}
        zone={shown.zone}
      />
    </>
  );
}
