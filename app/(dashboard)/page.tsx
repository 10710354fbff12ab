import type { Metadata } from 'next';
import { AnnouncedRetention } from '@/components/audit-retention/pending-retention';
import { WaitingPlans } from '@/components/cleanup/waiting-plans';
import { FailedLogs } from '@/components/logs/failed-logs';
import { WaitingChanges } from '@/components/overrides/waiting-changes';
import { AttentionSection } from '@/components/overview/attention-section';
import { LastRuns } from '@/components/overview/last-runs';
import { NextDeletions } from '@/components/overview/next-deletions';
import { overviewAnswer } from '@/components/overview/overview-answer';
import { StateFigures } from '@/components/overview/state-figures';
import { UndecidedSection } from '@/components/overview/undecided-section';
import { PendingSettings } from '@/components/settings/pending-settings';
import { PageHeader } from '@/components/shell/page-header';
import { WaitingTokens } from '@/components/tokens/waiting-tokens';
import { pendingRetention } from '@/lib/audit/policy/show-retention';
import { loadOverview } from '@/lib/challenges/overview';
import { plansAwaitingApproval } from '@/lib/deletion/list-plans';
import { failedLogGroups } from '@/lib/logs/list-log-groups';
import { countOverrideChanges } from '@/lib/overrides/count-override-changes';
import { can } from '@/lib/people/access';
import { pendingSettings } from '@/lib/settings/list-settings';
import { tokensActingForMe } from '@/lib/tokens/list-tokens';
import { getContext } from '../session';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage() {
  const ctx = await getContext();
  const [overview, failedLogs, waiting, tokens, overrides, rising, shortening] = await Promise.all([
    loadOverview(ctx),
    failedLogGroups(ctx),
    can(ctx.actor, 'cleanup.run') ? plansAwaitingApproval(ctx) : [],
    tokensActingForMe(ctx),
    can(ctx.actor, 'challenges.read-all') ? countOverrideChanges(ctx) : null,
    can(ctx.actor, 'settings.write') ? pendingSettings(ctx) : [],
    can(ctx.actor, 'settings.read') ? pendingRetention(ctx) : null,
  ]);
  const shown = { zone: ctx.actor.timeZone, now: ctx.clock.now() };
  const isHost = ctx.actor.role === 'host';
  return (
    <>
      <PageHeader title="Overview" answer={overviewAnswer(overview, isHost, ctx.actor.timeZone)} />
      <StateFigures byState={overview.byState} />
      {isHost ? <UndecidedSection overview={overview} /> : null}
      <WaitingTokens tokens={tokens} />
      <WaitingPlans plans={waiting} {...shown} />
      <WaitingChanges counts={overrides} />
      <PendingSettings pending={rising} />
      {shortening ? (
        <AnnouncedRetention pending={shortening} mayCancel={can(ctx.actor, 'settings.write')} />
      ) : null}
      <AttentionSection overview={overview} />
      <FailedLogs failed={failedLogs} />
      <NextDeletions overview={overview} {...shown} />
      {can(ctx.actor, 'jobs.read') ? <LastRuns overview={overview} {...shown} /> : null}
    </>
  );
}
