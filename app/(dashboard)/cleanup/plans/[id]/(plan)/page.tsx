import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { AnonymousPlan } from '@/components/cleanup/anonymous-plan';
import { ApprovalNote } from '@/components/cleanup/approval-note';
import { PlanFacts } from '@/components/cleanup/plan-facts';
import { PlanNote } from '@/components/cleanup/plan-note';
import { PlanStateBadge } from '@/components/cleanup/plan-state-badge';
import { isAnonymous, planAnswer } from '@/components/cleanup/plan-words';
import { RunPlanDialog } from '@/components/cleanup/run-plan-dialog';
import { planCrumbs } from '@/components/cleanup/source-crumbs';
import { SubmissionPlan } from '@/components/cleanup/submission-plan';
import type { SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { runOfPlan } from '@/lib/deletion/list-plans';
import { planSummaryByChallenge } from '@/lib/deletion/plan-summaries';
import type { Plan } from '@/lib/deletion/source';
import { can } from '@/lib/people/access';
import { formatDate } from '@/lib/platform/format-time';
import { previewAnonymousCleanupAction } from '../../../../public-data/actions';
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
  const anonymous = isAnonymous(plan);
  const [byChallenge, run] = await Promise.all([
    anonymous ? [] : planSummaryByChallenge(ctx, { planId }),
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
        breadcrumb={[...planCrumbs(plan), { label: `…${planId.slice(-8)}` }]}
        actions={
          plan.isRunnable && mayRun ? (
            <RunPlanDialog plan={plan} byChallenge={byChallenge.slice(0, 8)} request={requestCleanupAction} />
          ) : null
        }
      />
      <PlanNote
        plan={plan}
        run={run}
        preview={can(ctx.actor, 'cleanup.preview') ? previewOf(plan) : null}
        mayRun={mayRun}
        {...shown}
      />
      <ApprovalNote plan={plan} approve={approvePlanAction} mayRun={mayRun} {...shown} />
      <PlanFacts plan={plan} {...shown} />
      {anonymous ? (
        <AnonymousPlan ctx={ctx} plan={plan} params={query} {...shown} />
      ) : (
        <SubmissionPlan ctx={ctx} plan={plan} byChallenge={byChallenge} params={query} zone={shown.zone} />
      )}
    </>
  );
}

const previewOf = (plan: Plan) => (isAnonymous(plan) ? previewAnonymousCleanupAction : previewCleanupAction);
