import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { isAnonymous } from '@/components/cleanup/plan-words';
import { PreviewButton } from '@/components/cleanup/preview-button';
import { WaitingPlans } from '@/components/cleanup/waiting-plans';
import { AnonymousHolds } from '@/components/public-data/anonymous-holds';
import { AnonymousRunTable } from '@/components/public-data/anonymous-run-table';
import { ComingSection } from '@/components/public-data/coming-section';
import { FailedNote } from '@/components/public-data/failed-note';
import { KeptSection } from '@/components/public-data/kept-section';
import { NO_RUNS } from '@/components/public-data/no-runs';
import { PolicyNote } from '@/components/public-data/policy-note';
import { PolicySection } from '@/components/public-data/policy-section';
import { publicDataAnswer } from '@/components/public-data/public-data-answer';
import { PUBLIC_DATA_PATH } from '@/components/public-data/public-data-href';
import { PublicDataTabs } from '@/components/public-data/public-data-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { listAnonymousHolds } from '@/lib/anonymous/list-anonymous-holds';
import { listPolicies } from '@/lib/anonymous/list-policies';
import { loadOverview } from '@/lib/anonymous/load-overview';
import { nextRun } from '@/lib/challenges/forecast';
import { ANONYMOUS_CLEANUP_JOB } from '@/lib/deletion/cleanup-run';
import { plansAwaitingApproval } from '@/lib/deletion/list-plans';
import { listRuns } from '@/lib/deletion/list-runs';
import { can } from '@/lib/people/access';
import {
  placeAnonymousHoldAction,
  previewAnonymousCleanupAction,
  releaseAnonymousHoldAction,
} from '../actions';

export const metadata: Metadata = { title: 'Public data' };

/** A policy changes a few times in a year. */
const POLICIES_SHOWN = 50;

export default async function PublicDataPage() {
  const ctx = await enterPage('anonymous-data.read');
  const [{ coming, kept }, policies, holds, { runs, nextBefore }, waiting] = await loadForPage(
    Promise.all([
      loadOverview(ctx),
      listPolicies(ctx, { limit: POLICIES_SHOWN + 1 }),
      listAnonymousHolds(ctx),
      listRuns(ctx, { source: 'anonymous-data', limit: 5 }),
      plansAwaitingApproval(ctx),
    ]),
  );
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const [policy] = policies;
  const facts = {
    ...{ policy, coming, total: kept.total },
    isAllHeld: holds.holds.some(({ transcriptId, releasedAt }) => transcriptId === null && !releasedAt),
    next: nextRun(ANONYMOUS_CLEANUP_JOB, shown.now),
  };
  const isOn = policy?.publicMode ?? false;
  const mayHold = can(ctx.actor, 'holds.write');
  return (
    <>
      <PageHeader
        title="Public data"
        answer={publicDataAnswer(facts, shown.zone, shown.now)}
        actions={
          isOn && can(ctx.actor, 'cleanup.preview') ? (
            <PreviewButton preview={previewAnonymousCleanupAction} />
          ) : null
        }
      />
      <PublicDataTabs />
      <PolicyNote policy={policy} coming={coming} ifSwitchedOn={kept.ifSwitchedOn} {...shown} />
      <WaitingPlans plans={waiting.filter(isAnonymous)} {...shown} />
      <FailedNote files={kept.failedFiles} />
      <ComingSection coming={coming} isOn={isOn} zone={shown.zone} />
      <KeptSection kept={kept} heldBack={coming.heldBack} />
      <Section
        title="Last runs"
        surface={false}
        actions={
          nextBefore ? (
            <LinkButton href={`${PUBLIC_DATA_PATH}/runs`} size="sm">
              All runs
            </LinkButton>
          ) : null
        }
      >
        <AnonymousRunTable runs={runs} {...shown} empty={NO_RUNS} />
      </Section>
      <PolicySection
        policies={policies.slice(0, POLICIES_SHOWN)}
        isAll={policies.length <= POLICIES_SHOWN}
        {...shown}
      />
      <AnonymousHolds
        transcriptId={null}
        listed={holds}
        actions={mayHold ? { place: placeAnonymousHoldAction, release: releaseAnonymousHoldAction } : null}
        {...shown}
      />
    </>
  );
}
