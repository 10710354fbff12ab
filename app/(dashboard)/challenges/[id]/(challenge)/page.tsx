import type { Metadata } from 'next';
import { getContext } from '@/app/session';
import { ChallengeTimeline } from '@/components/challenges/challenge-timeline';
import { HeldBackSection } from '@/components/challenges/held-back-section';
import { HistorySection } from '@/components/challenges/history-section';
import { HoldSection } from '@/components/challenges/hold-section';
import { type PagePart, Part, PartLinks } from '@/components/challenges/page-parts';
import { PhaseTable } from '@/components/challenges/phase-table';
import { SubmissionSection } from '@/components/challenges/submission-section';
import { PreviewButton } from '@/components/cleanup/preview-button';
import { ConsentCard } from '@/components/consent/consent-card';
import type { SearchParams } from '@/components/data-table/table-url';
import { LogSection } from '@/components/logs/log-section';
import { ChallengeRetention, ChallengeScheduledChanges } from '@/components/overrides/challenge-retention';
import { PageHeader } from '@/components/shell/page-header';
import { StateBadge } from '@/components/ui/state-badge';
import { challengeTimeline } from '@/lib/challenges/challenge-timeline';
import { heldBack } from '@/lib/challenges/held-back';
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

const HOLDS_SHOWN = 20;

/** In the order of the page: what is decided first, the long lists last. */
const PARTS: readonly PagePart[] = [
  { id: 'consent', label: 'Consent' },
  { id: 'held-back', label: 'Held back' },
  { id: 'phases', label: 'Phases' },
  { id: 'retention', label: 'Retention period' },
  { id: 'holds', label: 'Holds' },
  { id: 'logs', label: 'Logs' },
  { id: 'submissions', label: 'Submissions' },
  { id: 'history', label: 'History' },
];

export async function generateMetadata({ params }: ChallengePageProps): Promise<Metadata> {
  return { title: (await findChallenge((await params).id)).title };
}

export default async function ChallengePage({ params, searchParams }: ChallengePageProps) {
  const ctx = await getContext();
  const challenge = await findChallenge((await params).id);
  const { id } = challenge;
  const query = await searchParams;
  const [impact, timeline, left, holds, logs] = await Promise.all([
    consentImpact(ctx, { challengeId: id }),
    challengeTimeline(ctx, challenge),
    heldBack(ctx, { challengeId: id }),
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
      <PartLinks parts={holds ? PARTS : PARTS.filter((part) => part.id !== 'holds')} />
      <Part id="consent">
        <ConsentCard challenge={challenge} impact={impact} decide={decideConsentAction} {...shown} />
      </Part>
      <ChallengeTimeline events={timeline} {...shown} />
      <Part id="held-back">
        <HeldBackSection challenge={challenge} heldBack={left} {...shown} />
      </Part>
      <Part id="phases">
        <PhaseTable phases={challenge.phases} place={place} {...shown} />
      </Part>
      <Part id="retention">
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
      </Part>
      {holds ? (
        <Part id="holds">
          <HoldSection
            challengeId={id}
            phases={challenge.phases}
            holds={holds.shown}
            hasMore={holds.hasMore}
            place={place}
            release={place && { preview: previewReleaseAction, release: releaseHoldAction }}
            {...shown}
          />
        </Part>
      ) : null}
      <Part id="logs">
        <LogSection
          logs={logs}
          apply={can(ctx.actor, 'retention.write') ? applyLogsAction : null}
          {...shown}
        />
      </Part>
      <Part id="submissions">
        <SubmissionSection
          ctx={ctx}
          challenge={challenge}
          params={query}
          place={place}
          zone={ctx.actor.timeZone}
        />
      </Part>
      <Part id="history">
        <HistorySection ctx={ctx} challenge={challenge} params={query} />
      </Part>
    </>
  );
}

/** Null for those who may not see holds: their matters can be confidential. */
async function holdsOf(ctx: Context, challengeId: number) {
  if (!can(ctx.actor, 'holds.read')) return null;
  const { holds, nextCursor } = await listHolds(ctx, { challengeId, state: 'all', limit: HOLDS_SHOWN });
  return { shown: holds, hasMore: nextCursor !== null };
}
