import { listPlanItems } from '@/lib/deletion/list-plan-items';
import { type PlanChallenge, planSummaryByReason } from '@/lib/deletion/plan-summaries';
import type { Plan } from '@/lib/deletion/source';
import type { Context } from '@/lib/people/context';
import type { SearchParams } from '../data-table/table-url';
import { PlanByChallenge } from './plan-by-challenge';
import { PlanByReason } from './plan-by-reason';
import { readItemFilters, toItemInput } from './plan-item-filters';
import { PlanItems } from './plan-items';

interface SubmissionPlanProps {
  ctx: Context;
  plan: Plan;
  byChallenge: readonly PlanChallenge[];
  params: SearchParams;
  zone: string;
}

/** What a plan of submissions names: by challenge, by reason, and file by file. */
export async function SubmissionPlan({ ctx, plan, byChallenge, params, zone }: SubmissionPlanProps) {
  const planId = plan.id;
  const filters = readItemFilters(params);
  const [byReason, page] = await Promise.all([
    planSummaryByReason(ctx, { planId }),
    listPlanItems(ctx, toItemInput(planId, filters)),
  ]);
  return (
    <>
      <PlanByChallenge planId={planId} challenges={byChallenge} />
      <PlanByReason planId={planId} reasons={byReason.filter(({ goes }) => !goes)} />
      <PlanItems
        plan={plan}
        page={page}
        filters={filters}
        challenges={byChallenge}
        reasons={byReason}
        params={params}
        zone={zone}
      />
    </>
  );
}
