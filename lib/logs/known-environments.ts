import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { lockChallenge } from '@/lib/retention/lock-challenge';

/** Each has a log group that is looked at every hour. A platform has a handful: production, staging, and the like. */
export const MAX_ENVIRONMENTS = 10;

/**
 * Makes sure that a challenge may have workers in this environment: one that is known, or one of the first ten. Locks the
 * challenge where it is new, so that two at once cannot both be the tenth. Throws 'conflict', 'not_found'.
 */
export async function assertRoomForEnvironment(
  ctx: Context,
  tx: Transaction,
  challengeId: number,
  environment: string,
): Promise<void> {
  if (environment === ctx.logs.environment) return;
  const [group] = await tx.execute(
    sql`select 1 from log_groups where challenge_id = ${challengeId} and environment = ${environment}`,
  );
  if (group) return;
  await lockChallenge(tx, challengeId);
  const rows = await tx.execute<{ environment: string }>(sql`
    select environment from log_groups where challenge_id = ${challengeId}
    union
    select environment from platform_events where challenge_id = ${challengeId} and environment is not null`);
  const known = new Set([ctx.logs.environment, ...rows.map((row) => row.environment)]);
  if (known.has(environment) || known.size < MAX_ENVIRONMENTS) return;
  throw conflict(
    `Challenge ${challengeId} has logs in ${MAX_ENVIRONMENTS} environments already, which is the most: ` +
      `${JSON.stringify(environment)} would be another one.`,
  );
}
