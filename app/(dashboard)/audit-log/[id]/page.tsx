import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { eventTitle, isOwn } from '@/components/audit/audit-words';
import { eventAnswer } from '@/components/audit/event-answer';
import { EventFacts } from '@/components/audit/event-facts';
import { ProofLink } from '@/components/audit/proof-link';
import { PushedDetails } from '@/components/audit/pushed-details';
import { ResultBadge } from '@/components/audit/result-badge';
import { ValueDiff } from '@/components/audit/value-diff';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { loadAuditEvent } from '@/lib/audit/list-events';
import { nameTargets } from '@/lib/audit/name-targets';
import { sealState } from '@/lib/audit/verify/seal-state';

export const metadata: Metadata = { title: 'Audit event' };

interface EventPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

export default async function AuditEventPage({ params, searchParams }: EventPageProps) {
  const [ctx, { id }, { at }] = [await enterPage('audit.read'), await params, await searchParams];
  const event = await loadForPage(loadAuditEvent(ctx, { id, ...(one(at) && { timeStarted: one(at) }) }));
  const names = await loadForPage(nameTargets(ctx, isOwn(event) ? [event.target] : []));
  const seal = await loadForPage(sealState(ctx, { id }));
  const zone = ctx.actor.timeZone;
  return (
    <>
      <PageHeader
        title={eventTitle(event)}
        breadcrumb={[{ label: 'Audit log', href: '/audit-log' }, { label: 'Event' }]}
        badge={<ResultBadge event={event} />}
        answer={eventAnswer(event, zone)}
        actions={seal.sealed ? <ProofLink id={id} /> : null}
      />
      <ValueDiff event={event} zone={zone} />
      {isOwn(event) ? null : <PushedDetails event={event} zone={zone} />}
      <EventFacts
        event={event}
        seal={seal}
        targetName={event.target === null ? undefined : names.get(event.target)}
        zone={zone}
        now={ctx.clock.now()}
      />
    </>
  );
}
