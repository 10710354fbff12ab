import type { Metadata } from 'next';
import { getContext } from '@/app/session';
import { ChallengeTimeline } from '@/components/challenges/challenge-timeline';
import { HoldSection } from '@/components/challenges/hold-section';
import { PhaseTable } from '@/components/challenges/phase-table';
import { SubmissionSection } from '@/components/challenges/submission-section';
import { PreviewButton } from '@/components/cleanup/preview-button';
import { ConsentCard } from '@/components/consent/consent-card';
import { ConsentHistoryTable } from '@/components/consent/consent-history-table';
import type { SearchParams } from '@/components/data-table/table-url';
import { LogSection } from '@/components/logs/log-section';
import { ChallengeRetention, ChallengeScheduledChanges } from '@/components/overrides/challenge-retention';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { StateBadge } from '@/components/ui/state-badge';
import { challengeTimeline } from '@/lib/challenges/challenge-timeline';
import { listConsentEvents } from '@/lib/consent/consent-history';
import { consentImpact } from '@/lib/consent/consent-impact';
import { listHolds } from '@/lib/holds/list-holds';
import { listLogGroups } from '@/lib/logs/list-log-groups';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { previewCleanupAction } from '../../../cleanup/actions';
import { placeHoldAction, previewReleaseAction, releaseHoldAction } from '../../../holds/actions';
import {
  approveOverrideAction,
  cancelOverrideAction,
  previewOverrideAction,
  requestOverrideAction,
} from '../../../overrides/actions';
import { decideConsentAction } from '../actions';
import { findChallenge } from '../find-challenge';
import { applyLogsAction } from '../log-actions';

interface ChallengePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}

const HISTORY_SHOWN = 5;
const HOLDS_SHOWN = 20;

export async function generateMetadata({ params }: ChallengePageProps): Promise<Metadata> {
  return { title: (await findChallenge((await params).id)).title };
}

export default async function ChallengePage({ params, searchParams }: ChallengePageProps) {
  const ctx = await getContext();
  const challenge = await findChallenge((await params).id);
  const { id } = challenge;
  const [impact, timeline, history, holds, logs] = await Promise.all([
    consentImpact(ctx, { challengeId: id }),
    challengeTimeline(ctx, challenge),
    listConsentEvents(ctx, { challengeId: id, limit: HISTORY_SHOWN }),
    holdsOf(ctx, id),
    listLogGroups(ctx, id),
  ]);
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const place = can(ctx.actor, 'holds.write') ? placeHoldAction : null;
  return (
    <>
      <PageHeader
        title={challenge.title}
        badge={<StateBadge state={challenge.state} />}
        answer={challenge.sentence}
        breadcrumb={[
          { label: 'Challenges', href: '/challenges' },
          { label: `#${id} · ${challenge.teamName}` },
        ]}
        actions={
          can(ctx.actor, 'cleanup.preview') ? (
            <PreviewButton
              preview={previewCleanupAction}
              challengeId={id}
              label="Preview its cleanup"
              variant="secondary"
            />
          ) : null
        }
      />
      <ChallengeScheduledChanges ctx={ctx} challengeId={id} zone={ctx.actor.timeZone} />
      <ConsentCard challenge={challenge} impact={impact} decide={decideConsentAction} {...shown} />
      <ChallengeTimeline events={timeline} {...shown} />
      <PhaseTable phases={challenge.phases} place={place} {...shown} />
      <ChallengeRetention
        ctx={ctx}
        challengeId={id}
        zone={ctx.actor.timeZone}
        actions={{
          preview: previewOverrideAction,
          request: requestOverrideAction,
          approve: approveOverrideAction,
          cancel: cancelOverrideAction,
        }}
      />
      <SubmissionSection
        ctx={ctx}
        challenge={challenge}
        params={await searchParams}
        place={place}
        zone={ctx.actor.timeZone}
      />
      <LogSection logs={logs} apply={can(ctx.actor, 'retention.write') ? applyLogsAction : null} {...shown} />
      {holds ? (
        <HoldSection
          challengeId={id}
          phases={challenge.phases}
          holds={holds.shown}
          hasMore={holds.hasMore}
          place={place}
          release={place && { preview: previewReleaseAction, release: releaseHoldAction }}
          {...shown}
        />
      ) : null}
      <Section
        title="Consent history"
        surface={false}
        actions={
          history.nextCursor === null ? null : (
            <LinkButton href={`/consent-history?challenge=${id}`} size="sm">
              All decisions
            </LinkButton>
          )
        }
      >
        <ConsentHistoryTable
          caption="Consent history of this challenge"
          events={history.events}
          withChallenge={false}
          empty={<EmptyState title="No decision yet">Nobody has given or withdrawn consent here.</EmptyState>}
          {...shown}
        />
      </Section>
    </>
  );
}

/** Null for those who may not see holds: their matters can be confidential. */
async function holdsOf(ctx: Context, challengeId: number) {
  if (!can(ctx.actor, 'holds.read')) return null;
  const { holds, nextCursor } = await listHolds(ctx, { challengeId, state: 'all', limit: HOLDS_SHOWN });
  return { shown: holds, hasMore: nextCursor !== null };
}
