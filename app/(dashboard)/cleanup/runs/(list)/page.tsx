import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { CleanupRunTable } from '@/components/cleanup/cleanup-run-table';
import { readRunPlace, runPlace } from '@/components/cleanup/run-place';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/ui/empty-state';
import { listRuns } from '@/lib/deletion/list-runs';

export const metadata: Metadata = { title: 'Runs of the cleanup' };

export default async function CleanupRunsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('cleanup.read'), await searchParams];
  const before = readRunPlace(params);
  const address = { pathname: '/cleanup/runs', params };
  const { runs, nextBefore } = await loadListForPage(
    listRuns(ctx, { limit: 30, ...(before && { before }) }),
    address,
  );
  return (
    <>
      <PageHeader
        title="Runs of the cleanup"
        answer="Every run, newest first, with what it deleted and what it left."
        breadcrumb={[{ label: 'Cleanup', href: '/cleanup' }, { label: 'Runs' }]}
      />
      <CleanupRunTable
        runs={runs}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
        empty={<EmptyState title="No cleanup has run yet">Nothing was ever deleted.</EmptyState>}
        footer={
          <KeysetPages
            noun="run"
            shown={runs.length}
            nextCursor={nextBefore && runPlace(nextBefore)}
            {...address}
          />
        }
      />
    </>
  );
}
