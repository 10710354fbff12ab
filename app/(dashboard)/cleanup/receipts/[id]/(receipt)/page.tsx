import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { ReceiptFacts } from '@/components/cleanup/receipt-facts';
import { runCrumbs } from '@/components/cleanup/source-crumbs';
import { sayPolicyInFull } from '@/components/public-data/policy-words';
import { PageHeader } from '@/components/shell/page-header';
import { listPolicies } from '@/lib/anonymous/list-policies';
import type { Receipt } from '@/lib/deletion/visible-receipt';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { findReceipt } from '../find-receipt';

export const metadata: Metadata = { title: 'Receipt of a deletion' };

const policiesOf = (subject: Receipt['subjects'][number]): string[] =>
  'policyId' in subject ? [subject, ...(subject.others ?? [])].map(({ policyId }) => policyId) : [];

interface ReceiptPageProps {
  params: Promise<{ id: string }>;
}

export default async function ReceiptPage({ params }: ReceiptPageProps) {
  const [ctx, { id }] = [await enterPage('cleanup.read'), await params];
  const detail = await findReceipt(id);
  const { receipt } = detail;
  const zone = ctx.actor.timeZone;
  const cited = [...new Set(receipt.subjects.flatMap(policiesOf))];
  const policies = cited.length === 0 ? [] : await listPolicies(ctx, { ids: cited });
  const when = formatInstantBoth(receipt.deletedAt, zone);
  return (
    <>
      <PageHeader
        title="Receipt"
        answer={
          receipt.outcome === 'deleted'
            ? `This file was deleted on ${when}, and nobody can change or remove this proof of it.`
            : `This file had gone before the run that was to delete it, on ${when}.`
        }
        breadcrumb={[
          ...runCrumbs(receipt),
          { label: `…${receipt.runId.slice(-8)}`, href: `/cleanup/runs/${receipt.runId}` },
          { label: 'Receipt' },
        ]}
      />
      <ReceiptFacts
        detail={detail}
        permittedBy={policies.map(sayPolicyInFull)}
        zone={zone}
        now={ctx.clock.now()}
      />
    </>
  );
}
