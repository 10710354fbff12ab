import { listOverrideChanges } from '@/lib/overrides/list-override-changes';
import { loadRetentionPeriods } from '@/lib/overrides/load-retention-periods';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import type { OverrideActions } from './override-actions';
import { RetentionSection } from './retention-section';
import { ScheduledChangeBanner } from './scheduled-change-banner';

interface ChallengeRetentionProps {
  ctx: Context;
  challengeId: number;
  zone: string;
}

const CHANGES_SHOWN = 5;

/** The part of a challenge's page about its retention periods; only admins get its forms. */
export async function ChallengeRetention({
  ctx,
  challengeId,
  actions,
  zone,
}: ChallengeRetentionProps & { actions: OverrideActions }) {
  const [periods, { changes, nextCursor }] = await Promise.all([
    loadRetentionPeriods(ctx, challengeId),
    listOverrideChanges(ctx, { challengeId, limit: CHANGES_SHOWN }),
  ]);
  const personId = actorPersonId(ctx.actor);
  const mayWrite = can(ctx.actor, 'retention.write') && personId !== null;
  return (
    <RetentionSection
      challengeId={challengeId}
      periods={periods}
      changes={changes}
      hasMore={nextCursor !== null}
      admin={mayWrite ? { actions } : null}
      seesAll={can(ctx.actor, 'challenges.read-all')}
      zone={zone}
      now={ctx.clock.now()}
    />
  );
}

/** What everybody who may see the challenge should know first: a shorter period that its hosts were told of. */
export async function ChallengeScheduledChanges({ ctx, challengeId, zone }: ChallengeRetentionProps) {
  const { changes } = await listOverrideChanges(ctx, { challengeId, which: 'open' });
  return <ScheduledChangeBanner changes={changes} zone={zone} />;
}
