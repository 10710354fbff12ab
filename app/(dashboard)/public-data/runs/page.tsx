import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { readRunPlace, runPlace } from '@/components/cleanup/run-place';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { AnonymousRunTable } from '@/components/public-data/anonymous-run-table';
import { NO_RUNS } from '@/components/public-data/no-runs';
import { PUBLIC_DATA_PATH } from '@/components/public-data/public-data-href';
import { PublicDataTabs } from '@/components/public-data/public-data-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { listRuns } from '@/lib/deletion/list-runs';

export const metadata: Metadata = { title: 'Runs: public data' };

export default async function AnonymousRunsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('anonymous-data.read'), await searchParams];
  const before = readRunPlace(params);
  const address = { pathname: `${PUBLIC_DATA_PATH}/runs`, params };
  const { runs, nextBefore } = await loadListForPage(
    listRuns(ctx, { source: 'anonymous-data', limit: 30, ...(before && { before }) }),
    address,
  );
  return (
    <>
      <PageHeader
        title="Runs"
        answer="Every run of the cleanup of anonymous data, newest first, with what it deleted and what failed."
        breadcrumb={[{ label: 'Public data', href: PUBLIC_DATA_PATH }, { label: 'Runs' }]}
      />
      <PublicDataTabs />
      <AnonymousRunTable
        runs={runs}
        zone={ctx.actor.timeZone}
        now={ctx.clock.now()}
        empty={NO_RUNS}
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
