import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { AnonymousPlanTable } from '@/components/public-data/anonymous-plan-table';
import { PUBLIC_DATA_PATH } from '@/components/public-data/public-data-href';
import { PublicDataTabs } from '@/components/public-data/public-data-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { listPlans } from '@/lib/deletion/list-plans';

export const metadata: Metadata = { title: 'Plans: public data' };

export default async function AnonymousPlansPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('anonymous-data.read'), await searchParams];
  const cursor = one(params.after);
  const address = { pathname: `${PUBLIC_DATA_PATH}/plans`, params };
  const { plans, nextCursor } = await loadListForPage(
    listPlans(ctx, { source: 'anonymous-data', limit: 30, ...(cursor && { cursor }) }),
    address,
  );
  return (
    <>
      <PageHeader
        title="Plans"
        answer="Every preview and every plan of a scheduled run, newest first. A run of a plan can leave some of it, and never takes more."
        breadcrumb={[{ label: 'Public data', href: PUBLIC_DATA_PATH }, { label: 'Plans' }]}
      />
      <PublicDataTabs />
      <AnonymousPlanTable
        plans={plans}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
        empty={
          <EmptyState title="No plans yet">
            A preview makes one, and so does each scheduled run while PUBLIC_MODE is on.
          </EmptyState>
        }
        footer={<KeysetPages noun="plan" shown={plans.length} nextCursor={nextCursor} {...address} />}
      />
    </>
  );
}
