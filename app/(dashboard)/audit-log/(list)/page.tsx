import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage, loadListForPage } from '@/app/load-for-page';
import {
  AUDIT_PATH,
  type AuditFilters,
  auditFilters,
  floorWords,
  namesOwnActor,
  readAuditFilters,
  toListInput,
  windowWords,
} from '@/components/audit/audit-filters';
import { AuditTable } from '@/components/audit/audit-table';
import { isOwn } from '@/components/audit/audit-words';
import { ExportLog } from '@/components/audit/export-log';
import { LeavingNote, SearchedLine, SearchFurther, UnreachableNote } from '@/components/audit/searched-note';
import { LogTabs } from '@/components/audit-size/log-tabs';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { hrefWith, type SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { LinkButton } from '@/components/ui/link-button';
import { exportHorizon } from '@/lib/audit/export/closed-window';
import { findActorKey } from '@/lib/audit/find-actor-key';
import { listAuditEvents, type Searched } from '@/lib/audit/list-events';
import { listStreams } from '@/lib/audit/list-streams';
import { nameTargets } from '@/lib/audit/name-targets';
import type { Context } from '@/lib/people/context';

export const metadata: Metadata = { title: 'Audit log' };

export default async function AuditLogPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('audit.read'), await searchParams];
  const zone = ctx.actor.timeZone;
  const address = { pathname: AUDIT_PATH, params };
  const streams = await loadListForPage(listStreams(ctx), address);
  const filters = readAuditFilters(params, streams);
  const found = await loadListForPage(load(ctx, filters, zone), address);
  const { events, nextCursor, floor, searched } = found;
  const horizon = await loadForPage(exportHorizon(ctx));
  const names = await loadForPage(
    nameTargets(
      ctx,
      events.filter(isOwn).map(({ target }) => target),
    ),
  );
  return (
    <>
      <PageHeader
        title="Audit log"
        answer={`${windowWords(filters)} Each change and each refusal is written before it happens, and nobody can alter one, or take it away, unseen.`}
      />
      <LogTabs />
      <FilterBar label="Filter events" pathname={AUDIT_PATH} filters={auditFilters(filters, zone, streams)} />
      {floor ? <Callout>{floorWords(floor, zone)}</Callout> : null}
      <UnreachableNote searched={searched} />
      <LeavingNote searched={searched} zone={zone} />
      {events.length > 0 ? (
        <ExportLog input={found.input} horizon={horizon} zone={zone} isPartial={floor !== null} />
      ) : null}
      <AuditTable
        events={events}
        names={names}
        params={params}
        zone={zone}
        now={ctx.clock.now()}
        empty={<NoEvents filters={filters} searched={searched} />}
        footer={
          <div className="grid gap-2">
            <KeysetPages
              noun="event"
              shown={events.length}
              nextCursor={searched.isCutShort ? null : nextCursor}
              {...address}
            />
            <SearchedLine searched={searched} />
          </div>
        }
      />
      <SearchFurther
        searched={searched}
        href={nextCursor && hrefWith(AUDIT_PATH, params, { after: nextCursor })}
        zone={zone}
      />
    </>
  );
}

/** Nothing was found; whether there is nothing depends on what was searched. */
function NoEvents({ filters, searched }: { filters: AuditFilters; searched: Searched }) {
  const showAll = filters.isFiltered ? <LinkButton href={AUDIT_PATH}>Show all events</LinkButton> : null;
  if (searched.unreachable.length > 0) {
    return (
      <ErrorState title="No event in what could be searched" actions={showAll}>
        There may be some in the archives that are named above.
      </ErrorState>
    );
  }
  if (searched.leaving.length > 0) {
    return (
      <ErrorState title="No event in what could be searched" actions={showAll}>
        A cleanup is taking away a part of the log: look again once it is done.
      </ErrorState>
    );
  }
  if (searched.isCutShort) {
    return (
      <EmptyState title="No event so far" actions={showAll}>
        The search has not come to its end: go on below, or narrow the days.
      </EmptyState>
    );
  }
  return (
    <EmptyState title={filters.isFiltered ? 'No event matches' : 'No events yet'} actions={showAll}>
      {filters.isFiltered
        ? 'Widen the days, or take away a filter. “Who” takes a user name or an address, “target” what stands in that column.'
        : 'The first change, or the first refusal, will be here.'}
    </EmptyState>
  );
}

async function load(ctx: Context, filters: AuditFilters, zone: string) {
  const actor = namesOwnActor(filters) ? await findActorKey(ctx, filters.actor ?? '') : filters.actor;
  const input = toListInput({ ...filters, actor }, zone);
  return { input, ...(await listAuditEvents(ctx, input)) };
}
