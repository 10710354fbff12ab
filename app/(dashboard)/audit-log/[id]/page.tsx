import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { actionWords } from '@/components/audit/audit-words';
import { eventAnswer } from '@/components/audit/event-answer';
import { EventFacts } from '@/components/audit/event-facts';
import { ResultBadge } from '@/components/audit/result-badge';
import { ValueDiff } from '@/components/audit/value-diff';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { loadAuditEvent } from '@/lib/audit/list-events';
import { nameTargets } from '@/lib/audit/name-targets';

export const metadata: Metadata = { title: 'Audit event' };

interface EventPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

export default async function AuditEventPage({ params, searchParams }: EventPageProps) {
  const [ctx, { id }, { at }] = [await enterPage('audit.read'), await params, await searchParams];
  const event = await loadForPage(loadAuditEvent(ctx, { id, timeStarted: one(at) ?? '' }));
  const names = await loadForPage(nameTargets(ctx, [event.target]));
  const zone = ctx.actor.timeZone;
  return (
    <>
      <PageHeader
        title={actionWords(event.action)}
        breadcrumb={[{ label: 'Audit log', href: '/audit-log' }, { label: 'Event' }]}
        badge={<ResultBadge event={event} />}
        answer={eventAnswer(event, zone)}
      />
      <ValueDiff event={event} zone={zone} />
      <EventFacts
        event={event}
        targetName={event.target === null ? undefined : names.get(event.target)}
        zone={zone}
        now={ctx.clock.now()}
      />
    </>
  );
}
