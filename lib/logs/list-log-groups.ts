import { eq, sql } from 'drizzle-orm';
import { logGroups } from '@/db/schema/logs';
import { requireVisible, visibleTo } from '@/lib/challenges/visible';
import type { Context } from '@/lib/people/context';
import { readLogCase } from './log-case';
import { type LogGroupState, toLogGroupState } from './log-group-state';

/** The log groups of a challenge, as a person sees them. */
export interface ChallengeLogs {
  /** Where the logs are, in a few words and without a path of the server; null: logs are switched off. */
  store: string | null;
  /** The store is a folder: a file goes as a whole, once its newest event has expired. */
  wholeFiles: boolean;
  /** The configured environment first; it is there also when nothing was asked yet. */
  groups: LogGroupState[];
}

/** For whoever may see the challenge. Throws 'not_found', which leaves an audit event. */
export async function listLogGroups(ctx: Context, challengeId: number): Promise<ChallengeLogs> {
  await requireVisible(ctx, challengeId);
  const known = await ctx.db
    .select({ environment: logGroups.environment })
    .from(logGroups)
    .where(eq(logGroups.challengeId, challengeId))
    .orderBy(logGroups.environment)
    .limit(100);
  const environments = new Set([ctx.logs.environment, ...known.map(({ environment }) => environment)]);
  const groups: LogGroupState[] = [];
  for (const environment of environments) {
    groups.push(toLogGroupState(ctx, await readLogCase(ctx.db, challengeId, environment)));
  }
  return { store: placeOf(ctx), wholeFiles: ctx.logs.localExpiry !== null, groups };
}

function placeOf({ logs }: Context): string | null {
  if (logs.kind === 'off') return null;
  return logs.kind === 'folder' ? 'a folder of this server' : logs.describe();
}

/** Log groups that wait for a person, or for the service to work again. */
export interface FailedLogGroups {
  count: number;
  /** The first of them. */
  groups: { challengeId: number; environment: string; title: string; explanation: string }[];
}

const SHOWN = 5;

/** In the challenges that the actor may see: what failed, and what the service cannot keep long enough. */
export async function failedLogGroups(ctx: Context): Promise<FailedLogGroups> {
  if (ctx.logs.kind === 'off') return { count: 0, groups: [] };
  const rows = await ctx.db.execute<{
    challenge_id: number;
    environment: string;
    title: string;
    explanation: string | null;
    total: number;
  }>(sql`
    select g.challenge_id, g.environment, c.title, g.explanation, count(*) over ()::int as total
    from log_groups g join challenges c on c.id = g.challenge_id
    where g.state in ('failed', 'refused') and ${visibleTo(ctx.actor)}
    order by g.challenge_id, g.environment limit ${SHOWN}`);
  return {
    count: rows[0]?.total ?? 0,
    groups: rows.map(({ challenge_id: challengeId, environment, title, explanation }) => ({
      challengeId,
      environment,
      title,
      explanation: explanation ?? '',
    })),
  };
}
