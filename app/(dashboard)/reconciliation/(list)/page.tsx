import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { StartReconciliation } from '@/components/jobs/start-job';
import { FindingAdvice } from '@/components/reconciliation/finding-advice';
import { FindingTable } from '@/components/reconciliation/finding-table';
import { reconciliationAnswer } from '@/components/reconciliation/reconciliation-answer';
import {
  type FindingFilters,
  findingFilters,
  RECONCILIATION_PATH,
  readFindingFilters,
} from '@/components/reconciliation/reconciliation-filters';
import { ReconciliationTable } from '@/components/reconciliation/reconciliation-table';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import {
  latestReconciliation,
  listFindings,
  listReconciliations,
} from '@/lib/reconciliation/read-reconciliations';
import type { Reconciliation } from '@/lib/reconciliation/reconcile-artifacts';
import { findingsOf } from '@/lib/reconciliation/say-reconciliation';
import { requestReconciliationAction } from '../../jobs/actions';

export const metadata: Metadata = { title: 'Reconciliation' };

export default async function ReconciliationPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('cleanup.read'), await searchParams];
  const [latest, rows] = [await latestReconciliation(ctx), await listReconciliations(ctx)];
  const [zone, now] = [ctx.actor.timeZone, ctx.clock.now()];
  return (
    <>
      <PageHeader
        title="Reconciliation"
        answer={reconciliationAnswer(latest, rows, now)}
        actions={
          can(ctx.actor, 'jobs.run') ? (
            <StartReconciliation start={requestReconciliationAction} words="Compare now" />
          ) : null
        }
      />
      {latest ? <FindingAdvice counts={latest.counts} /> : null}
      {latest ? <Findings ctx={ctx} latest={latest} params={params} /> : null}
      <Section
        title="Last comparisons"
        surface={false}
        description="Rows of managed challenges against the objects below media/; what else the store holds, and buckets of hosts, are not looked at."
      >
        <ReconciliationTable rows={rows} zone={zone} now={now} />
      </Section>
    </>
  );
}

interface FindingsProps {
  ctx: Context;
  latest: Reconciliation;
  params: SearchParams;
}

async function Findings({ ctx, latest, params }: FindingsProps) {
  const filters = readFindingFilters(params);
  const address = { pathname: RECONCILIATION_PATH, params };
  const page = await loadListForPage(listFindings(ctx, toInput(latest.id, filters)), address);
  if (findingsOf(latest) === 0) return null;
  return (
    <Section title="Findings" surface={false} description="Of the last complete comparison.">
      <FilterBar
        label="Filter findings"
        pathname={RECONCILIATION_PATH}
        filters={findingFilters(filters, latest.counts)}
      />
      <FindingTable
        findings={page.findings}
        empty={
          <EmptyState
            title="No finding of this kind"
            actions={<LinkButton href={RECONCILIATION_PATH}>Show all findings</LinkButton>}
          >
            Choose another kind.
          </EmptyState>
        }
        footer={
          <KeysetPages
            noun="finding"
            shown={page.findings.length}
            nextCursor={page.nextAfter === null ? null : String(page.nextAfter)}
            {...address}
          />
        }
      />
    </Section>
  );
}

const toInput = (reconciliationId: string, { kind, after }: FindingFilters) => ({
  reconciliationId,
  ...(kind && { kind }),
  ...(after !== undefined && { after }),
});
