import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { isOwn } from '@/components/audit/audit-words';
import { GrowthSection } from '@/components/audit-size/growth-section';
import { LogTabs } from '@/components/audit-size/log-tabs';
import { SizeCharts } from '@/components/audit-size/size-charts';
import { readSizeFilters, SIZE_PATH, sizeFilters } from '@/components/audit-size/size-filters';
import { StreamLimitTable } from '@/components/audit-size/stream-limit-table';
import { TierCards } from '@/components/audit-size/tier-cards';
import { TopNames } from '@/components/audit-size/top-names';
import { TroubleList } from '@/components/audit-size/trouble-list';
import { VerificationNote } from '@/components/audit-size/verification-note';
import { FilterBar } from '@/components/data-table/filter-bar';
import type { SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { listStreams } from '@/lib/audit/list-streams';
import { nameActors } from '@/lib/audit/name-actors';
import { auditSize } from '@/lib/audit/size/audit-size';
import { sayAuditSize } from '@/lib/audit/size/say-size';
import { logTroubles } from '@/lib/audit/status/log-troubles';
import { verificationState } from '@/lib/audit/verify/daily-verification';

export const metadata: Metadata = { title: 'Size of the audit log' };

export default async function AuditSizePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('audit.read'), await searchParams];
  const zone = ctx.actor.timeZone;
  const streams = await loadForPage(listStreams(ctx));
  const filters = readSizeFilters(params, streams);
  const { days, stream } = filters;
  const [size, verification, troubles] = await loadForPage(
    Promise.all([
      auditSize(ctx, { ...(days && { days }), ...(stream && { stream }) }),
      verificationState(ctx.db),
      logTroubles(ctx),
    ]),
  );
  const actors = await loadForPage(
    nameActors(
      ctx,
      size.top.actors.filter(isOwn).map(({ name }) => name),
    ),
  );
  return (
    <>
      <PageHeader title="Size of the audit log" answer={sayAuditSize(size)} />
      <LogTabs />
      <TroubleList troubles={troubles} />
      <TierCards size={size} zone={zone} />
      <FilterBar
        label="Choose the period"
        pathname={SIZE_PATH}
        filters={sizeFilters(filters, streams)}
        clear="Reset"
      />
      <Section
        title="Over time"
        description="Events that are archived and still in the database are in two tiers."
        surface={false}
      >
        <SizeCharts size={size} zone={zone} />
      </Section>
      <GrowthSection size={size} zone={zone} />
      <StreamLimitTable size={size} zone={zone} />
      <Section
        title="What fills it"
        description={`Sealed events of the last ${size.days} days, by the day (UTC) on which they became final.`}
        surface={false}
      >
        <TopNames size={size} actors={actors} />
      </Section>
      <Section title="Verification">
        <VerificationNote state={verification} zone={zone} now={size.at} />
      </Section>
    </>
  );
}
