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
import { ErrorState } from '@/components/ui/error-state';
import { loadAuditEvent } from '@/lib/audit/list-events';
import { nameActors } from '@/lib/audit/name-actors';
import { nameTargets } from '@/lib/audit/name-targets';
import { verifiedCopy } from '@/lib/audit/search/verified-copy';
import { sealState } from '@/lib/audit/verify/seal-state';
import { LapseError } from '@/lib/platform/errors';

export const metadata: Metadata = { title: 'Audit event' };

interface EventPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

export default async function AuditEventPage({ params, searchParams }: EventPageProps) {
  const [ctx, { id }, { at }] = [await enterPage('audit.read'), await params, await searchParams];
  const found = await loadForPage(unlessUnavailable(loadAuditEvent(ctx, { id, ...startedAt(one(at)) })));
  if ('unavailable' in found) return <EventUnavailable why={found.unavailable} />;
  const event = found.value;
  const pushedBy = isOwn(event) ? null : event.actorDetails.pushedBy;
  const [names, pushers, seal] = await loadForPage(
    Promise.all([
      nameTargets(ctx, isOwn(event) ? [event.target] : []),
      nameActors(ctx, typeof pushedBy === 'string' ? [pushedBy] : []),
      sealState(ctx, event),
    ]),
  );
  const copy = seal.sealed ? await loadForPage(verifiedCopy(ctx, seal.segment)) : null;
  const zone = ctx.actor.timeZone;
  return (
    <>
      <PageHeader
        title={eventTitle(event)}
        breadcrumb={BREADCRUMB}
        badge={<ResultBadge event={event} />}
        answer={eventAnswer(event, zone)}
        actions={seal.sealed ? <ProofLink event={event} /> : null}
      />
      <ValueDiff event={event} zone={zone} />
      {isOwn(event) ? null : <PushedDetails event={event} zone={zone} />}
      <EventFacts
        event={event}
        seal={seal}
        copy={copy}
        pushedByName={typeof pushedBy === 'string' ? pushers.get(pushedBy) : undefined}
        targetName={event.target === null ? undefined : names.get(event.target)}
        zone={zone}
        now={ctx.clock.now()}
      />
    </>
  );
}

const BREADCRUMB = [{ label: 'Audit log', href: '/audit-log' }, { label: 'Event' }];
const startedAt = (at: string | undefined) => (at ? { timeStarted: at } : {});

/** It may be in an archive that cannot be read now, which is no reason to say that it is not there. */
function EventUnavailable({ why }: { why: string }) {
  return (
    <>
      <PageHeader
        title="Audit event"
        breadcrumb={BREADCRUMB}
        answer="This event cannot be shown now: not all archives can be read."
      />
      <ErrorState title="An archive cannot be read">{why}</ErrorState>
    </>
  );
}

async function unlessUnavailable<T>(loading: Promise<T>): Promise<{ value: T } | { unavailable: string }> {
  try {
    return { value: await loading };
  } catch (error) {
    if (error instanceof LapseError && error.code === 'unavailable') return { unavailable: error.message };
    throw error;
  }
}
