import { listPlanItems } from '@/lib/deletion/list-plan-items';
import {
  listPlanTranscripts,
  type PlanTranscriptReason,
  planTranscriptsByReason,
} from '@/lib/deletion/list-plan-transcripts';
import { planSummaryByReason } from '@/lib/deletion/plan-summaries';
import type { Plan } from '@/lib/deletion/source';
import type { Context } from '@/lib/people/context';
import { one, type SearchParams } from '../data-table/table-url';
import { PlanHeldBack } from '../public-data/plan-held-back';
import { PlanTranscripts } from '../public-data/plan-transcripts';
import { PlanViews } from '../public-data/plan-views';
import { readItemFilters, toItemInput } from './plan-item-filters';
import { PlanItems } from './plan-items';

interface AnonymousPlanProps {
  ctx: Context;
  plan: Plan;
  params: SearchParams;
  zone: string;
  now: Date;
}

/** What a plan of anonymous data names: transcript by transcript, or file by file. */
export async function AnonymousPlan({ ctx, plan, params, zone, now }: AnonymousPlanProps) {
  const planId = plan.id;
  const filters = readItemFilters(params);
  const input = toItemInput(planId, filters);
  if (one(params.view) === 'files') {
    const [reasons, page] = await Promise.all([
      planSummaryByReason(ctx, { planId }),
      listPlanItems(ctx, input),
    ]);
    return (
      <>
        <PlanViews planId={planId} />
        <PlanItems {...{ plan, page, filters, reasons, params, zone }} challenges={null} />
      </>
    );
  }
  const { challengeId: _, ...wanted } = input;
  const [reasons, page] = await Promise.all([
    planTranscriptsByReason(ctx, { planId }),
    listPlanTranscripts(ctx, wanted),
  ]);
  return (
    <>
      <PlanHeldBack planId={planId} reasons={reasons} />
      <PlanViews planId={planId} />
      <PlanTranscripts {...{ plan, page, filters, params, zone, now }} reasons={reasons.filter(isNamed)} />
    </>
  );
}

const isNamed = (reason: PlanTranscriptReason): boolean => reason.isNamed;
