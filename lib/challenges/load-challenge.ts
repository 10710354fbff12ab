import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { hostTeams } from '@/db/schema/people';
import { type ConsentInForce, consentInForce } from '@/lib/consent/consent-in-force';
import type { Context } from '@/lib/people/context';
import { retentionDays } from '@/lib/retention/retention-rule';
import type { ChallengeFacts } from './challenge-facts';
import { challengeRows } from './challenge-rows';
import { type ConsentRight, consentRight } from './consent-right';
import { describeRows, type ListedChallenge } from './list-challenges';
import { type LoadedPhase, loadPhases } from './load-phases';
import { zoneOf } from './person-zone';
import { noSuchChallenge, requireVisible } from './visible';

export interface LoadedChallenge extends Omit<ListedChallenge, 'consent'> {
  startDate: Date | null;
  endDate: Date | null;
  approved: boolean;
  disabled: boolean;
  vanishedAt: Date | null;
  useHostCredentials: boolean;
  /** The consent that deletions rest on; null without. */
  consent: ConsentInForce | null;
  /** What the host wrote with the last decision. */
  consentNotes: string | null;
  /** Whether the reader may turn the switch, and if not, why not. */
  consentRight: ConsentRight;
  /** Whole days after the end of a phase, and where the number comes from. */
  retention: { days: number; source: 'artifact-override' | 'log-override' | 'default' };
  facts: ChallengeFacts;
  phases: LoadedPhase[];
}

/**
 * All that the page of a challenge says above its submissions. Throws 'not_found' when there is none, or when the reader
 * may not see it, which leaves an audit event.
 */
export async function loadChallenge(ctx: Context, challengeId: number): Promise<LoadedChallenge> {
  await requireVisible(ctx, challengeId);
  const now = ctx.clock.now();
  // The counts are those of one moment, so that the sentence and the tables below it agree.
  return ctx.db.transaction(
    async (tx) => {
      const stored = await readChallenge(tx, challengeId);
      const [row] = await challengeRows(tx, {
        where: sql`c.id = ${challengeId}`,
        sort: 'id',
        direction: 'asc',
        after: null,
        limit: 1,
        now,
      });
      if (!stored || !row) throw noSuchChallenge(challengeId);
      const [listed] = await describeRows(tx, [row], { now, zone: zoneOf(ctx.actor) });
      if (!listed) throw noSuchChallenge(challengeId);
      return {
        ...listed,
        ...stored,
        facts: row.facts,
        consent: await consentInForce(tx, challengeId),
        consentRight: await consentRight(tx, ctx.actor, challengeId),
        phases: await loadPhases(tx, challengeId, now),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

async function readChallenge(db: Queryable, challengeId: number) {
  const [found] = await db
    .select({ challenge: challenges, teamName: hostTeams.teamName })
    .from(challenges)
    .innerJoin(hostTeams, eq(hostTeams.id, challenges.creatorTeamId))
    .where(eq(challenges.id, challengeId));
  if (!found) return null;
  const { challenge } = found;
  return {
    startDate: challenge.startDate,
    endDate: challenge.endDate,
    approved: challenge.approved,
    disabled: challenge.disabled,
    vanishedAt: challenge.vanishedAt,
    useHostCredentials: challenge.useHostCredentials,
    consentNotes: challenge.retentionPolicyNotes,
    retention: { days: retentionDays(challenge), source: sourceOfDays(challenge) },
  };
}

type Overrides = Parameters<typeof retentionDays>[0];

function sourceOfDays(overrides: Overrides): LoadedChallenge['retention']['source'] {
  if (overrides.artifactRetentionDaysOverride !== null) return 'artifact-override';
  return overrides.logRetentionDaysOverride !== null ? 'log-override' : 'default';
}
