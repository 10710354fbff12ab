import { LockOpen } from 'lucide-react';
import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { AuditTable } from '@/components/audit/audit-table';
import { HOLDS_PATH } from '@/components/holds/hold-filters';
import { HoldKeeps } from '@/components/holds/hold-keeps';
import { HoldStory } from '@/components/holds/hold-story';
import { ReleaseHoldDialog } from '@/components/holds/release-hold-dialog';
import { PageHeader } from '@/components/shell/page-header';
import { Badge } from '@/components/ui/badge';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { StateBadge } from '@/components/ui/state-badge';
import { holdEvents } from '@/lib/holds/hold-events';
import { type HoldImpact, holdImpact } from '@/lib/holds/hold-impact';
import type { HoldRow } from '@/lib/holds/hold-rows';
import { sayHold, sayTarget } from '@/lib/holds/say-hold';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { previewReleaseAction, releaseHoldAction } from '../../actions';
import { findHold } from '../find-hold';

interface HoldPageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: HoldPageProps): Promise<Metadata> {
  return { title: `Hold: ${(await findHold((await params).id)).matter}` };
}

export default async function HoldPage({ params }: HoldPageProps) {
  const [ctx, hold] = [await enterPage('holds.read'), await findHold((await params).id)];
  const [impact, events] = await Promise.all([
    impactOf(ctx, hold),
    can(ctx.actor, 'audit.read') ? holdEvents(ctx, hold) : null,
  ]);
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  return (
    <>
      <PageHeader
        title={hold.matter}
        badge={
          hold.releasedAt ? (
            <Badge icon={LockOpen}>Released</Badge>
          ) : (
            <StateBadge state="held">Active</StateBadge>
          )
        }
        answer={sayHold(hold, shown.zone)}
        breadcrumb={[{ label: 'Holds', href: HOLDS_PATH }, { label: `…${hold.id.slice(-8)}` }]}
        actions={
          impact && can(ctx.actor, 'holds.write') ? (
            <ReleaseHoldDialog
              holdId={hold.id}
              matter={hold.matter}
              target={sayTarget(hold)}
              actions={{ preview: previewReleaseAction, release: releaseHoldAction }}
              zone={shown.zone}
              size="md"
            />
          ) : null
        }
      />
      <HoldKeeps hold={hold} impact={impact} zone={shown.zone} />
      <HoldStory hold={hold} {...shown} />
      {events ? (
        <Section
          title="In the audit log"
          surface={false}
          description="Its placing, and every try to release it, as far as the hot tier reaches back."
          actions={
            <LinkButton href={`/audit-log?target=${encodeURIComponent(`hold:${hold.id}`)}`} size="sm">
              All tries
            </LinkButton>
          }
        >
          <AuditTable
            events={events}
            params={{}}
            {...shown}
            empty={
              <EmptyState title="No recent event">
                The hot tier of the audit log begins after this hold. “All tries” searches its archives as
                well.
              </EmptyState>
            }
          />
        </Section>
      ) : null}
    </>
  );
}

/** Null for one that is released, be it since it was loaded: the next look at the page says so. */
async function impactOf(ctx: Context, hold: HoldRow): Promise<HoldImpact | null> {
  if (hold.releasedAt) return null;
  try {
    return await holdImpact(ctx, { holdId: hold.id });
  } catch (error) {
    if (error instanceof LapseError && error.code === 'conflict') return null;
    throw error;
  }
}
