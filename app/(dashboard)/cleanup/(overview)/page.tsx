import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { cleanupAnswer } from '@/components/cleanup/cleanup-answer';
import { CleanupRunTable } from '@/components/cleanup/cleanup-run-table';
import { PlanTable } from '@/components/cleanup/plan-table';
import { PreviewPicker } from '@/components/cleanup/preview-picker';
import { WaitingPlans } from '@/components/cleanup/waiting-plans';
import { PageHeader } from '@/components/shell/page-header';
import { Section } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { nextRun } from '@/lib/challenges/forecast';
import { CLEANUP_JOB } from '@/lib/deletion/cleanup-run';
import { dueChallenges } from '@/lib/deletion/due-challenges';
import { dueNow } from '@/lib/deletion/due-now';
import { listPlans, plansAwaitingApproval } from '@/lib/deletion/list-plans';
import { listRuns } from '@/lib/deletion/list-runs';
import { can } from '@/lib/people/access';
import { previewCleanupAction } from '../actions';

export const metadata: Metadata = { title: 'Cleanup' };

export default async function CleanupPage() {
  const ctx = await enterPage('cleanup.read');
  const [due, choices, waiting, { runs, nextBefore }, { plans, nextCursor }] = await loadForPage(
    Promise.all([
      dueNow(ctx),
      dueChallenges(ctx),
      plansAwaitingApproval(ctx),
      listRuns(ctx, { limit: 10 }),
      listPlans(ctx, { limit: 5 }),
    ]),
  );
  const [zone, now] = [ctx.actor.timeZone, ctx.clock.now()];
  return (
    <>
      <PageHeader
        title="Cleanup"
        answer={cleanupAnswer({ due, last: runs[0]?.run, next: nextRun(CLEANUP_JOB, now) }, zone, now)}
        actions={
          can(ctx.actor, 'cleanup.preview') ? (
            <PreviewPicker preview={previewCleanupAction} challenges={choices} />
          ) : null
        }
      />
      <WaitingPlans plans={waiting} zone={zone} now={now} />
      <Section
        title="Last runs"
        surface={false}
        actions={
          nextBefore ? (
            <LinkButton href="/cleanup/runs" size="sm">
              All runs
            </LinkButton>
          ) : null
        }
      >
        <CleanupRunTable
          runs={runs}
          zone={zone}
          now={now}
          empty={
            <EmptyState title="No cleanup has run yet">
              Nothing was ever deleted. The first run of the schedule, or of an admin, will be here.
            </EmptyState>
          }
        />
      </Section>
      <Section
        title="Last plans"
        surface={false}
        description="A plan names exactly what a run of it may delete. A run can leave some of it, and never takes more."
        actions={
          nextCursor ? (
            <LinkButton href="/cleanup/plans" size="sm">
              All plans
            </LinkButton>
          ) : null
        }
      >
        <PlanTable
          plans={plans}
          zone={zone}
          now={now}
          empty={
            <EmptyState title="No plans yet">A preview makes one, and so does each scheduled run.</EmptyState>
          }
        />
      </Section>
    </>
  );
}
