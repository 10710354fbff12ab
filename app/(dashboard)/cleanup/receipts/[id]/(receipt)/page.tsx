import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { ReceiptFacts } from '@/components/cleanup/receipt-facts';
import { runCrumbs } from '@/components/cleanup/source-crumbs';
import { sayPolicyInFull } from '@/components/public-data/policy-words';
import { PageHeader } from '@/components/shell/page-header';
import { listPolicies } from '@/lib/anonymous/list-policies';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { findReceipt } from '../find-receipt';

export const metadata: Metadata = { title: 'Receipt of a deletion' };

interface ReceiptPageProps {
  params: Promise<{ id: string }>;
}

export default async function ReceiptPage({ params }: ReceiptPageProps) {
  const [ctx, { id }] = [await enterPage('cleanup.read'), await params];
  const detail = await findReceipt(id);
  const { receipt } = detail;
  const zone = ctx.actor.timeZone;
  const policies = receipt.publicPolicyId === null ? [] : await listPolicies(ctx);
  const policy = policies.find(({ id: policyId }) => policyId === receipt.publicPolicyId);
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
        permittedBy={policy ? sayPolicyInFull(policy) : null}
        zone={zone}
        now={ctx.clock.now()}
      />
    </>
  );
}
