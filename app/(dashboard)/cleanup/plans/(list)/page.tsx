import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { PlanTable } from '@/components/cleanup/plan-table';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { listPlans } from '@/lib/deletion/list-plans';

export const metadata: Metadata = { title: 'Plans of the cleanup' };

export default async function PlansPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('cleanup.read'), await searchParams];
  const cursor = one(params.after);
  const address = { pathname: '/cleanup/plans', params };
  const { plans, nextCursor } = await loadListForPage(
    listPlans(ctx, { limit: 30, ...(cursor && { cursor }) }),
    address,
  );
  return (
    <>
      <PageHeader
        title="Plans of the cleanup"
        answer="Every preview and every plan of a scheduled run, newest first."
        breadcrumb={[{ label: 'Cleanup', href: '/cleanup' }, { label: 'Plans' }]}
      />
      <PlanTable
        plans={plans}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
        empty={
          <EmptyState title="No plans yet">A preview makes one, and so does each scheduled run.</EmptyState>
        }
        footer={<KeysetPages noun="plan" shown={plans.length} nextCursor={nextCursor} {...address} />}
      />
    </>
  );
}
