import type { Metadata } from 'next';
import { askWhy } from '@/app/ask-why';
import { loadForPage } from '@/app/load-for-page';
import { getContext } from '@/app/session';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { CopyableId } from '@/components/ui/copy-button';
import { DescriptionList } from '@/components/ui/description-list';
import { Timestamp } from '@/components/ui/timestamp';
import { WhyLogsSection } from '@/components/why/why-section';
import type { LogGroupState } from '@/lib/logs/log-group-state';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { whyLogs } from '@/lib/why/why-logs';
import { findChallenge } from '../../find-challenge';

interface LogGroupPageProps {
  params: Promise<{ id: string; environment: string }>;
  searchParams: Promise<SearchParams>;
}

export const metadata: Metadata = { title: 'Logs of a challenge' };

/** One log group of a challenge: how it stands, and why its events stay, or until when (B1). */
export default async function LogGroupPage({ params, searchParams }: LogGroupPageProps) {
  const { id, environment } = await params;
  const [ctx, challenge] = [await getContext(), await findChallenge(id)];
  const asked = await loadForPage(
    askWhy(one((await searchParams).at), (at) =>
      whyLogs(ctx, { challengeId: challenge.id, environment, ...at }),
    ),
  );
  const { group } = asked.why;
  const zone = ctx.actor.timeZone;
  const home = `/challenges/${challenge.id}`;
  return (
    <>
      <PageHeader
        title={`Logs of ${environment}`}
        answer={group.explanation}
        breadcrumb={[
          { label: 'Challenges', href: '/challenges' },
          { label: challenge.title, href: home },
          { label: `Logs of ${environment}` },
        ]}
      />
      <Section title="Log group">
        <DescriptionList columns={3} items={factsOf(group, zone, ctx.clock.now())} />
      </Section>
      <WhyLogsSection {...asked} pathname={`${home}/logs/${encodeURIComponent(environment)}`} zone={zone} />
    </>
  );
}

function factsOf(group: LogGroupState, zone: string, now: Date) {
  const time = (value: Date | null, empty: string) => (
    <Timestamp value={value} zone={zone} now={now} empty={empty} />
  );
  return [
    {
      term: 'Name',
      description: <CopyableId value={group.name} label="name of the log group" show={group.name.length} />,
    },
    {
      term: 'Kept by Lapse’s request',
      description: group.appliedDays === null ? 'nothing is set' : formatCount(group.appliedDays, 'day'),
    },
    { term: 'First event goes', description: time(group.expiresFrom, 'none does, by what Lapse has set') },
    { term: 'Oldest event', description: time(group.oldestEventAt, 'none, or not asked yet') },
    { term: 'Stored', description: formatBytes(group.storedBytes) },
    { term: 'Hosts told', description: time(group.hostsToldAt, 'not yet') },
  ];
}
