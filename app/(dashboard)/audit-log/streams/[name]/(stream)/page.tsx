import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { LimitsForm } from '@/components/audit-streams/limits-form';
import { PendingLimits } from '@/components/audit-streams/pending-limits';
import { PlaceStreamHold } from '@/components/audit-streams/place-stream-hold';
import { ReasonDialog } from '@/components/audit-streams/reason-dialog';
import { StreamHoldTable } from '@/components/audit-streams/stream-hold-table';
import { STREAMS_PATH } from '@/components/audit-streams/stream-href';
import { StreamStateBadge } from '@/components/audit-streams/stream-state-badge';
import { PageHeader } from '@/components/shell/page-header';
import { Bytes } from '@/components/ui/bytes';
import { Callout } from '@/components/ui/callout';
import { Section } from '@/components/ui/card';
import { DescriptionList } from '@/components/ui/description-list';
import { LinkButton } from '@/components/ui/link-button';
import { Timestamp } from '@/components/ui/timestamp';
import { sayStream } from '@/lib/audit/limits/say-stream';
import { DEFAULT_LIMITS } from '@/lib/audit/limits/stream-limits';
import type { StreamStanding } from '@/lib/audit/limits/stream-standings';
import { OWN_STREAM } from '@/lib/audit/streams';
import { can } from '@/lib/people/access';
import { formatNumber } from '@/lib/platform/format';
import {
  keepLimitsAction,
  placeStreamHoldAction,
  previewLimitsAction,
  releaseStreamHoldAction,
  removeLimitsAction,
  setLimitsAction,
} from '../../actions';
import { findStream } from '../find-stream';

interface StreamPageProps {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: StreamPageProps): Promise<Metadata> {
  return { title: `Stream: ${(await findStream((await params).name)).name}` };
}

export default async function StreamPage({ params }: StreamPageProps) {
  const [ctx, stream] = [await enterPage('audit.read'), await findStream((await params).name)];
  const { name, alarm, pending, holds, limits } = stream;
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const mayChange = can(ctx.actor, 'settings.write');
  const mayHold = can(ctx.actor, 'holds.write');
  return (
    <>
      <PageHeader
        title={name}
        badge={<StreamStateBadge stream={stream} />}
        answer={sayStream(stream)}
        breadcrumb={[
          { label: 'Audit log', href: '/audit-log' },
          { label: 'Streams', href: STREAMS_PATH },
          { label: name },
        ]}
        actions={
          <LinkButton href={`/audit-log?stream=${encodeURIComponent(name)}`} size="sm">
            Its events
          </LinkButton>
        }
      />
      {alarm === null ? null : (
        <Callout kind="warning" title="It is not kept within its limits">
          {alarm}
        </Callout>
      )}
      {pending ? (
        <PendingLimits
          stream={name}
          pending={pending}
          keep={mayChange ? keepLimitsAction : null}
          zone={shown.zone}
        />
      ) : null}
      {name === OWN_STREAM ? null : (
        <Section
          title="Limits"
          description="What the stream may have in the hot tier at the most. In the order age, number, size, the oldest events go first; held ones never, and where there are archives only those that are in one."
          actions={
            limits && mayChange ? (
              <ReasonDialog
                trigger="Remove…"
                title={`Remove the limits of ${name}?`}
                description="From then on the periods of the tiers alone decide how long its events stay."
                confirm="Remove the limits"
                done="The limits are removed."
                run={removeLimitsAction}
                input={{ stream: name }}
              />
            ) : null
          }
        >
          {mayChange ? (
            <LimitsForm
              // Whoever else changes them meanwhile shows in the form.
              key={JSON.stringify([limits, pending])}
              stream={name}
              initial={pending?.limits ?? limits ?? DEFAULT_LIMITS}
              isNew={limits === null && pending === null}
              preview={previewLimitsAction}
              set={setLimitsAction}
              zone={shown.zone}
            />
          ) : (
            <LimitList limits={limits} />
          )}
        </Section>
      )}
      {name === OWN_STREAM ? null : <Removed stream={stream} {...shown} />}
      {holds === null ? null : (
        <Section
          title="Holds"
          description="While one is active, nothing of the stream goes but what a verified archive has, and no such archive expires."
          actions={mayHold ? <PlaceStreamHold stream={name} place={placeStreamHoldAction} /> : null}
          surface={false}
        >
          <StreamHoldTable
            stream={name}
            holds={holds}
            release={mayHold ? releaseStreamHoldAction : null}
            {...shown}
          />
        </Section>
      )}
    </>
  );
}

function LimitList({ limits }: { limits: StreamStanding['limits'] }) {
  if (limits === null) return <p className="text-muted-foreground">Nobody has set any.</p>;
  return (
    <DescriptionList
      columns={3}
      items={[
        { term: 'Retention period', description: limits.retentionPeriod },
        { term: 'Events', description: formatNumber(limits.maxEntries) },
        { term: 'Size', description: <Bytes value={limits.maxSizeBytes} /> },
        { term: 'A cleanup leaves at most', description: `${limits.emergencyThresholdPercent}% of that` },
        { term: 'Cleanup interval', description: limits.cleanupInterval },
        { term: 'Events of one statement', description: formatNumber(limits.cleanupBatchSize) },
      ]}
    />
  );
}

function Removed({ stream, zone, now }: { stream: StreamStanding; zone: string; now: Date }) {
  const target = encodeURIComponent(`stream:${stream.name}`);
  return (
    <Section
      title="What its limits have removed"
      actions={
        <LinkButton href={`/audit-log?target=${target}`} size="sm">
          Every cleanup and change
        </LinkButton>
      }
    >
      <DescriptionList
        columns={3}
        items={[
          { term: 'Events', description: formatNumber(stream.prunedEvents) },
          { term: 'Bytes', description: <Bytes value={stream.prunedBytes} /> },
          {
            term: 'Last cleanup',
            description: <Timestamp value={stream.lastCleanupAt} zone={zone} now={now} empty="never yet" />,
          },
        ]}
      />
    </Section>
  );
}
