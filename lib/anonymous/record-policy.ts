import { desc, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { publicPolicies } from '@/db/schema/anonymous';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { readEnv } from '@/lib/platform/env';
import { forbidden } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { effectOfPolicy } from './effect-of-policy';
import { policyInForce } from './list-policies';
import { lockTranscripts } from './lock-transcripts';
import { noteShown } from './note-shown';

type StoredPolicy = typeof publicPolicies.$inferSelect;
type AskedPolicy = Pick<StoredPolicy, 'publicMode' | 'retentionDays'>;

const TARGET = 'public-policy';

/**
 * Writes down the policy that the environment asks for, when it is another than the last one (R2): from now on it is in force,
 * and what was there before falls under it when it has been shown for 14 days; that Lapse runs, and shows it, is written down
 * as well. For the start and for jobs, any number of them at once; returns whether there was something new. Throws 'forbidden',
 * and an Error for an environment that is not right.
 */
export async function recordPublicPolicy(ctx: Context): Promise<boolean> {
  const asked = askedPolicy();
  await noteShown(ctx);
  if (isSame(await latestPolicy(ctx.db), asked)) return false;
  const reason = 'The environment asks for it: PUBLIC_MODE, PUBLIC_DATA_RETENTION_DAYS';
  const written = await audited(ctx, { action: 'public-policy.change', target: TARGET, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'settings.write')) {
        throw forbidden('Only admins and the product itself record the policy of anonymous data.');
      }
      // There may be no row to lock yet. Whoever comes second finds what the first has written.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:public-policy', 0))`);
      const before = await latestPolicy(tx);
      const inForceFrom = isSame(before, asked) ? null : await write(ctx, tx, before, asked);
      const effect = inForceFrom === null ? {} : { inForceFrom, ...(await effectOfPolicy(ctx, tx)) };
      // A claim that is under way was made under the policy before; the next one finds this. Last, since whoever sends something
      // waits for it, and what the policy does takes seconds to work out.
      await lockTranscripts(tx);
      await event.succeed(tx, { oldValue: recorded(before), newValue: { ...asked, ...effect } });
      return inForceFrom === null ? null : { before, inForceFrom };
    }),
  );
  if (written?.before) warnOfHaste(ctx, written.before, asked, written.inForceFrom);
  return written !== null;
}

const HASTE_MS = 3_600_000;

/** Each policy begins its 14 days anew, so two processes with different environments would keep old data for good. */
function warnOfHaste(ctx: Context, before: StoredPolicy, asked: AskedPolicy, inForceFrom: Date): void {
  if (inForceFrom.getTime() - before.inForceFrom.getTime() >= HASTE_MS) return;
  ctx.log.warn(
    { before: recorded(before), now: asked },
    'the policy of anonymous data was replaced within an hour: do all processes run with the same PUBLIC_MODE and PUBLIC_DATA_RETENTION_DAYS?',
  );
}

/** The policy that was recorded last; undefined before the first. */
export async function latestPolicy(db: Queryable): Promise<StoredPolicy | undefined> {
  const [latest] = await db
    .select()
    .from(publicPolicies)
    .orderBy(desc(publicPolicies.inForceFrom), desc(publicPolicies.sequence))
    .limit(1);
  return latest;
}

function askedPolicy(): AskedPolicy {
  const env = readEnv();
  return { publicMode: env.PUBLIC_MODE, retentionDays: env.PUBLIC_DATA_RETENTION_DAYS };
}

const isSame = (stored: StoredPolicy | undefined, asked: AskedPolicy): boolean =>
  stored?.publicMode === asked.publicMode && stored.retentionDays === asked.retentionDays;

const recorded = (stored: StoredPolicy | undefined) =>
  stored ? { publicMode: stored.publicMode, retentionDays: stored.retentionDays } : null;

/** Never before the last one, even if the clock was set back: the order in which they hold is that in which they came. */
async function write(
  ctx: Context,
  tx: Queryable,
  before: StoredPolicy | undefined,
  asked: AskedPolicy,
): Promise<Date> {
  const now = ctx.clock.now();
  const inForceFrom = before && before.inForceFrom > now ? before.inForceFrom : now;
  await tx.insert(publicPolicies).values({
    id: newId(),
    ...asked,
    inForceFrom,
    recordedByActor: recordedActor(ctx.actor),
  });
  return inForceFrom;
}

/**
 * Says in the log, as the screen does, when the policy in force begins to cover what was there before it and how much goes then;
 * nothing while it does already, or while the mode is off.
 */
export async function announcePolicy(ctx: Context): Promise<void> {
  const policy = await policyInForce(ctx.db, ctx.clock.now());
  const effect = policy && (await effectOfPolicy(ctx, ctx.db));
  if (!effect) return;
  ctx.log.info(
    { policy: policy.sequence, retentionDays: policy.retentionDays, ...effect },
    'the policy of anonymous data does not cover yet what was there before it; it does from coversOldFrom on',
  );
}
